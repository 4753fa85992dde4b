namespace NlpPretrain.Word2Vec;

/// <summary>How a fine-tuned model makes features of word vectors, and whether it trains them.</summary>
public sealed record Word2VecTuningOptions
{
    /// <summary>Whether the tuned model trains a copy of the word vectors. Default false: they stay as they are and only the head learns.</summary>
    public bool TrainWordVectors { get; init; }

    /// <summary>The learning rate of the word vectors as a part of the head's, above 0 and at most 1. Default 0.1. Used where they are trained.</summary>
    public double WordVectorRate { get; init; } = 0.1;

    /// <summary>a of the weight a/(a + p(w)) of a word in a text's mean, above 0; 0.001 is usual. Default null: every word counts 1.</summary>
    /// <remarks>
    /// p(w) is the word's share of all counts, so the word vectors must know their counts.
    /// <para>Source: Arora, Liang and Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings". Differs: the common component
    /// of all texts is not removed, which a trained head does not need.</para>
    /// </remarks>
    public double? FrequencySmoothing { get; init; }

    internal void Validate()
    {
        if (!(WordVectorRate > 0 && WordVectorRate <= 1))
            throw new ArgumentException(FormattableString.Invariant(
                $"WordVectorRate is {WordVectorRate}; it must be above 0 and at most 1 (Word2VecTuningOptions.WordVectorRate)."));
        if (FrequencySmoothing is { } a && !(a > 0 && double.IsFinite(a)))
            throw new ArgumentException(FormattableString.Invariant(
                $"FrequencySmoothing is {a}; it must be above 0 and finite (Word2VecTuningOptions.FrequencySmoothing)."));
    }
}
