using NlpPretrain.Kernels;

namespace NlpPretrain.Word2Vec;

/// <summary>What some blocks came to.</summary>
/// <param name="Loss">Sum in nats.</param>
/// <param name="Predictions">Number of predictions.</param>
internal readonly record struct BlockLoss(double Loss, long Predictions)
{
    /// <summary>Nats a prediction; 0 where there was none.</summary>
    internal double Mean => Predictions == 0 ? 0 : Loss / Predictions;

    public static BlockLoss operator +(BlockLoss a, BlockLoss b) => new(a.Loss + b.Loss, a.Predictions + b.Predictions);
}

/// <summary>Trains a range of blocks on a team of workers.</summary>
internal interface IBlockRunner
{
    /// <summary>Trains blocks <paramref name="first"/> to <paramref name="end"/> − 1, and returns when they are in the model.</summary>
    BlockLoss Run(TrainingBlocks blocks, long first, long end, Workers workers);
}
