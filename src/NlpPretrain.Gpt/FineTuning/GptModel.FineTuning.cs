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
        GptModel copy = new(Config, seed);
        foreach ((Parameter source, Parameter target) in Pairs(copy)) source.Data.CopyTo(target.Data);
        if (layers == Config.Layers) return copy;

        GptModel random = new(Config, seed);
        foreach (GptBlock block in random._blocks[layers..]) CopyByName(block.Parameters, copy);
        if (random._finalNorm is { } norm) CopyByName(norm.Parameters, copy);
        return copy;
    }

    private static void CopyByName(IEnumerable<Parameter> sources, GptModel target)
    {
        foreach (Parameter source in sources) source.Data.CopyTo(target.Parameters.First(parameter => parameter.Name == source.Name).Data);
    }
}
