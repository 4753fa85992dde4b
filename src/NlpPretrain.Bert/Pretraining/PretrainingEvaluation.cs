using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Measures a model on sequences that it was not trained on.</summary>
internal static class PretrainingEvaluation
{
    private const int BatchTokens = 4_096;

    internal static BertPretrainingReport Run(BertPretrainingModel model, BertPretrainingData data, TensorArena arena, CancellationToken cancellationToken)
    {
        LengthBatches batches = new(data.Lengths, Math.Max(1, BatchTokens / data.Options.SequenceLength), seed: 1);
        BertBatch batch = new();
        BertLossStatistics all = default;
        for (int i = 0; i < batches.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            data.Fill(batch, batches[i], epoch: 0);
            using Pass pass = Pass.Inference(arena);
            model.Loss(pass, batch, out BertLossStatistics statistics);
            all += statistics;
        }

        return new BertPretrainingReport(all.Masked, all.NextSentence);
    }
}
