using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <content>What fine-tuning needs of the model.</content>
public sealed partial class GptModel
{
    /// <summary>The mean cross entropy of the next tokens, from vectors that are there already.</summary>
    /// <param name="hidden">[B, T, C]</param>
    /// <param name="targets">For each of B·T positions the token that follows; −1 leaves a place out.</param>
    internal Tensor LanguageModelLoss(Tensor hidden, ReadOnlySpan<int> targets) => hidden.CrossEntropy(_output, null, targets);

    /// <summary>A copy whose blocks from a number on, and a final norm behind them, have random weights.</summary>
    /// <remarks>Source: Radford et al. 2018, section 5 (the impact of the number of layers transferred).</remarks>
    internal GptModel Transfer(int layers, ulong seed)
    {
        bool areAll = layers == Config.Layers;
        GptModel copy = new(Config, seed, isBlank: areAll);
        HashSet<Parameter> random = areAll ? [] : [.. copy._blocks[layers..].SelectMany(block => block.Parameters), .. copy._finalNorm?.Parameters ?? []];
        foreach ((Parameter source, Parameter target) in Pairs(copy))
        {
            if (!random.Contains(target)) source.Data.CopyTo(target.Data);
        }

        return copy;
    }
}
