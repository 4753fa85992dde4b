using System.Globalization;
using NlpPretrain.Text;

namespace NlpPretrain.Bert;

/// <summary>How <see cref="BertPretrainingData"/> makes sequences of documents and masks them.</summary>
/// <remarks>
/// The defaults are those of the first phase of the paper's training, sequences of 128 tokens; for the second, pretrain the same model again with
/// <c>options with { SequenceLength = 512 }</c>.
/// </remarks>
public sealed record BertDataOptions
{
    /// <summary>[CLS] and two [SEP].</summary>
    internal const int FrameTokens = 3;

    /// <summary>A token of each sentence, in the frame.</summary>
    private const int LeastLength = FrameTokens + 2;

    /// <summary>The most tokens of a sequence, 5 to the model's context. Default 128.</summary>
    public int SequenceLength { get; init; } = 128;

    /// <summary>The most masked places of a sequence, at least 1. Default null: the sequence length times <see cref="MaskProbability"/>, rounded up: 20 of 128, 77 of 512.</summary>
    public int? MaxPredictions { get; init; }

    /// <summary>The part of a sequence's tokens that the model must tell, above 0 and at most 1. Default 0.15.</summary>
    public double MaskProbability { get; init; } = 0.15;

    /// <summary>How often a sequence is made shorter than it could be, by a random length, 0 to 1. Default 0.1.</summary>
    public double ShortSequenceProbability { get; init; } = 0.1;

    /// <summary>How often each document is cut to sequences, each time otherwise and with other random sentences, at least 1. Default 10.</summary>
    public int DuplicateFactor { get; init; } = 10;

    /// <summary>Whether the pieces of a word are masked together or not at all; the tokenizer must be one of word pieces. Default false.</summary>
    public bool WholeWords { get; init; }

    /// <summary>With <see cref="WholeWords"/>, decides which Chinese characters are a word; the model still reads characters. Default null: each is one.</summary>
    public ChineseSegmenter? ChineseWords { get; init; }

    /// <summary>Whether a passage of the corpus is cut to sentences by <see cref="SentenceSplitter"/>. Default true; false where each passage is one sentence.</summary>
    public bool SplitsSentences { get; init; } = true;

    /// <summary>Whether a sequence has the same masks in every epoch. Default false: every epoch draws new ones.</summary>
    public bool IsStatic { get; init; }

    /// <summary>The most masked places, whether they were given or not.</summary>
    internal int MostPredictions => MaxPredictions ?? (int)Math.Ceiling(SequenceLength * MaskProbability);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (SequenceLength < LeastLength)
            throw Fault($"SequenceLength is {SequenceLength}; it must be at least {LeastLength}: [CLS], a token, [SEP], a token and [SEP]", nameof(SequenceLength));
        if (MaxPredictions < 1) throw Fault($"MaxPredictions is {MaxPredictions}; it must be at least 1", nameof(MaxPredictions));
        if (!(MaskProbability is > 0 and <= 1)) throw Fault($"MaskProbability is {Text(MaskProbability)}; it must be above 0 and at most 1", nameof(MaskProbability));
        if (!(ShortSequenceProbability is >= 0 and <= 1))
            throw Fault($"ShortSequenceProbability is {Text(ShortSequenceProbability)}; it must be from 0 to 1", nameof(ShortSequenceProbability));
        if (DuplicateFactor < 1) throw Fault($"DuplicateFactor is {DuplicateFactor}; it must be at least 1", nameof(DuplicateFactor));
        if (ChineseWords is not null && !WholeWords)
            throw Fault("ChineseWords is set and WholeWords is not: words are of no use where single tokens are masked; set both or none", nameof(WholeWords));
    }

    /// <summary>What two runs must share, in a line that no culture changes.</summary>
    internal string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{SequenceLength} tokens at most, {MostPredictions} masked at most, {MaskProbability} masked, {ShortSequenceProbability} short, {DuplicateFactor} duplicates, " +
        $"{(WholeWords ? ChineseWords is null ? "whole words" : "whole Chinese words" : "single tokens")}, {(IsStatic ? "static" : "dynamic")} masks");

    private static ArgumentException Fault(string what, string name) => new($"{what} ({nameof(BertDataOptions)}.{name}).");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
