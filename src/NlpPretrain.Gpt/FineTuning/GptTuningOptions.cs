namespace NlpPretrain.Gpt;

/// <summary>How a pretrained GPT becomes the model of a task.</summary>
/// <remarks>The defaults are those of the paper. Source: Radford et al. 2018, section 4.1.</remarks>
public sealed record GptTuningOptions
{
    /// <summary>λ, the weight of the language model's loss on the examples' texts beside the task's, at least 0. Default 0.5; 0 switches it off.</summary>
    public double LanguageModelWeight { get; init; } = 0.5;

    /// <summary>The part of the values before the head that training drops, 0 to below 1. Default 0.1.</summary>
    public float ClassifierDropout { get; init; } = 0.1f;

    /// <summary>How many of the pretrained blocks are taken over, from the lowest; the others, and a final norm, begin anew. Default null: all. The embeddings always are.</summary>
    public int? TransferredLayers { get; init; }

    /// <summary>The most tokens of a sequence, with the three of the task, at least 5. Default null: <see cref="GptConfig.ContextLength"/>.</summary>
    /// <remarks>
    /// What is too long loses tokens from its end, a pair from the longer text first. Of a multiple choice only the context is cut, and from its beginning, because the question
    /// or the last sentence stands at its end.
    /// </remarks>
    public int? MaxLength { get; init; }

    internal void Validate(GptConfig config)
    {
        if (!(LanguageModelWeight >= 0) || !double.IsFinite(LanguageModelWeight))
            throw Refused(nameof(LanguageModelWeight), LanguageModelWeight, "at least 0 and finite");
        if (!(ClassifierDropout is >= 0 and < 1)) throw Refused(nameof(ClassifierDropout), ClassifierDropout, "from 0 to below 1");
        if (TransferredLayers is { } layers && (layers < 0 || layers > config.Layers))
            throw Refused(nameof(TransferredLayers), layers, FormattableString.Invariant($"from 0 to {config.Layers}, the blocks of the pretrained model"));
        int most = MaxLength ?? config.ContextLength;
        if (most < GptInputs.LeastLength || most > config.ContextLength)
            throw Refused(nameof(MaxLength), most, FormattableString.Invariant($"from {GptInputs.LeastLength} to {config.ContextLength}, what the pretrained model reads (GptConfig.ContextLength)"));
    }

    private static ArgumentException Refused(string name, object given, string allowed) =>
        new(FormattableString.Invariant($"{name} is {given}; it must be {allowed} (GptTuningOptions.{name})."));
}
