namespace NlpPretrain.Bert;

/// <summary>Two segments of sentences, cut to the most tokens of a sequence: places in a <see cref="Text.SentenceFile"/>.</summary>
internal readonly record struct SequencePair(long First, int FirstLength, long Second, int SecondLength, bool IsNext)
{
    /// <summary>Tokens of the sequence.</summary>
    internal int Length => FirstLength + SecondLength + BertDataOptions.FrameTokens;
}
