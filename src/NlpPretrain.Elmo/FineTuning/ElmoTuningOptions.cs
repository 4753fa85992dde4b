using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>How a pretrained ELMo becomes the model of a task.</summary>
/// <remarks>By default the language model stays as it is, and a task learns how its layers are mixed, and a head. Source: Peters et al. 2018, sections 3.2 and 3.3.</remarks>
public sealed record ElmoTuningOptions
{
    /// <summary>The most words of a text, at least 2. Default 512.</summary>
    /// <remarks>What is too long loses words from its end, each text of a pair for itself. Sentences to tag and passages to search are read in parts.</remarks>
    public int MaxLength { get; init; } = 512;

    /// <summary>The part of the mixed vectors that training drops, 0 to below 1. Default 0.5.</summary>
    /// <remarks>Source: Peters et al. 2018, section 3.3, a moderate amount; 0.5 is what AllenNLP has.</remarks>
    public float VectorDropout { get; init; } = 0.5f;

    /// <summary>The part of the values before the head's last layer that training drops, 0 to below 1. Default 0.1.</summary>
    public float ClassifierDropout { get; init; } = 0.1f;

    /// <summary>H, cells of the head's LSTM in each of its two directions, 1 to 65,536. Default 128.</summary>
    public int HeadCells { get; init; } = 128;

    /// <summary>Whether the vectors of each layer are normalized before they are mixed. Default false.</summary>
    /// <remarks>Source: Peters et al. 2018, section 3.2: it helped in some cases.</remarks>
    public bool NormalizesLayers { get; init; }

    /// <summary>λ, at least 0: λ·Σ w² of the mix's weights, before their softmax, is added to the loss, so that layers stay nearer to alike. Default 0.001.</summary>
    /// <remarks>Source: Peters et al. 2018, section 3.3.</remarks>
    public double MixPenalty { get; init; } = 0.001;

    /// <summary>What the learning rate is multiplied by for the language model, at least 0. Default 0: it stays as it is, to the bit.</summary>
    /// <remarks>Dropout within the language model is off either way, as in AllenNLP.</remarks>
    public double ModelRate { get; init; }

    /// <summary>The most bytes that the layers' vectors of the examples may take, at least 0: up to so many they are kept and not computed again in each epoch. Default 1 GiB.</summary>
    /// <remarks>It changes the time of a run and no bit of its result. A word takes 8·(L + 1)·P bytes, with L layers of projection P. Where the language model is trained nothing is kept.</remarks>
    public long KeptBytes { get; init; } = 1L << 30;

    /// <summary>After how many evaluations of the held-out examples without a lower loss a run ends, at least 1. Default null: it goes on to its last step.</summary>
    /// <remarks>
    /// Either way a fine-tuner with held-out examples evaluates once an epoch, or as often as <see cref="TrainingOptions.EvaluationInterval"/> says, and when a run has ended by itself
    /// the tuned model has the weights of the lowest loss.
    /// </remarks>
    public int? Patience { get; init; }

    /// <summary>Whether the language model is trained.</summary>
    internal bool TrainsModel => ModelRate > 0;

    internal void Validate(bool hasHeldOut)
    {
        if (MaxLength < ElmoInputs.LeastLength) throw Refused(nameof(MaxLength), MaxLength, FormattableString.Invariant($"at least {ElmoInputs.LeastLength}"));
        if (!(VectorDropout is >= 0 and < 1)) throw Refused(nameof(VectorDropout), VectorDropout, "from 0 to below 1");
        if (!(ClassifierDropout is >= 0 and < 1)) throw Refused(nameof(ClassifierDropout), ClassifierDropout, "from 0 to below 1");
        if (HeadCells is < 1 or > ElmoHead.MostCells) throw Refused(nameof(HeadCells), HeadCells, FormattableString.Invariant($"from 1 to {ElmoHead.MostCells}"));
        if (!(MixPenalty >= 0) || !double.IsFinite(MixPenalty)) throw Refused(nameof(MixPenalty), MixPenalty, "at least 0 and finite");
        if (!(ModelRate >= 0) || !double.IsFinite(ModelRate)) throw Refused(nameof(ModelRate), ModelRate, "at least 0 and finite");
        if (KeptBytes < 0) throw Refused(nameof(KeptBytes), KeptBytes, "at least 0");
        if (Patience < 1) throw Refused(nameof(Patience), Patience, "at least 1");
        if (Patience is not null && !hasHeldOut) throw Refused(nameof(Patience), Patience, "null without held-out examples: give the fine-tuner some (HeldOut)");
    }

    private static ArgumentException Refused(string name, object given, string allowed) =>
        new(FormattableString.Invariant($"{name} is {given}; it must be {allowed} (ElmoTuningOptions.{name})."));
}
