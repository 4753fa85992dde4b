using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>How a pretrained BERT becomes the model of a task.</summary>
/// <remarks>The defaults are those of the paper. Source: Devlin et al. 2019, section 4 and appendix A.3.</remarks>
public sealed record BertTuningOptions
{
    /// <summary>The most tokens of a sequence, with those of the tokenizer's frame, at least 5. Default null: <see cref="BertConfig.ContextLength"/>.</summary>
    /// <remarks>
    /// What is too long loses tokens from its end, a pair from the longer text first. Of a multiple choice only the context is cut, and from its beginning, because the question
    /// or the last sentence stands at its end. Sentences to tag and passages to search are read in parts.
    /// </remarks>
    public int? MaxLength { get; init; }

    /// <summary>The part of the values before the head that training drops, 0 to below 1. Default 0.1. The head of spans has no dropout, as in google-research/bert.</summary>
    public float ClassifierDropout { get; init; } = 0.1f;

    /// <summary>What each layer's learning rate is multiplied by for the layer below it, above 0 and at most 1. Default 1: all have the same.</summary>
    /// <remarks>
    /// <para>With d the decay and n blocks, numbered from 1: head and pooler learn at the full rate, block i at d^(n + 1 − i) of it, the embeddings at d^(n + 1).</para>
    /// <para>Source: Howard and Ruder 2018, section 3.2 (discriminative fine-tuning).</para>
    /// </remarks>
    public double LayerDecay { get; init; } = 1;

    /// <summary>How many blocks, from the lowest, stay as they are, and the embeddings with them; 0 for the embeddings alone. Default null: all of the model is trained.</summary>
    public int? FrozenLayers { get; init; }

    /// <summary>After how many evaluations of the held-out examples without a lower loss a run ends, at least 1. Default null: it goes on to its last step.</summary>
    /// <remarks>
    /// Either way a fine-tuner with held-out examples evaluates once an epoch, or as often as <see cref="TrainingOptions.EvaluationInterval"/> says, and when a run has ended by itself
    /// the tuned model has the weights of the lowest loss.
    /// </remarks>
    public int? Patience { get; init; }

    internal void Validate(BertConfig config, bool hasHeldOut)
    {
        int most = MaxLength ?? config.ContextLength;
        if (most < BertInputs.LeastLength || most > config.ContextLength)
            throw Refused(nameof(MaxLength), most, FormattableString.Invariant($"from {BertInputs.LeastLength} to {config.ContextLength}, what the pretrained model reads (BertConfig.ContextLength)"));
        if (!(ClassifierDropout is >= 0 and < 1)) throw Refused(nameof(ClassifierDropout), ClassifierDropout, "from 0 to below 1");
        if (!(LayerDecay is > 0 and <= 1)) throw Refused(nameof(LayerDecay), LayerDecay, "above 0 and at most 1");
        if (FrozenLayers is { } layers && (layers < 0 || layers > config.Layers))
            throw Refused(nameof(FrozenLayers), layers, FormattableString.Invariant($"from 0 to {config.Layers}, the blocks of the model"));
        if (Patience < 1) throw Refused(nameof(Patience), Patience, "at least 1");
        if (Patience is not null && !hasHeldOut) throw Refused(nameof(Patience), Patience, "null without held-out examples: give the fine-tuner some (HeldOut)");
    }

    private static ArgumentException Refused(string name, object given, string allowed) =>
        new(FormattableString.Invariant($"{name} is {given}; it must be {allowed} (BertTuningOptions.{name})."));
}
