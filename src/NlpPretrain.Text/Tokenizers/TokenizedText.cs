namespace NlpPretrain.Text;

/// <summary>A text, or a pair of texts, as a model reads it: the ids, and what each came from. Immutable.</summary>
public sealed class TokenizedText
{
    private readonly int[] _ids, _segmentIds;
    private readonly (int Start, int End)[] _offsets;
    private readonly bool[] _specialMask;

    internal TokenizedText(int[] ids, (int Start, int End)[] offsets, int[] segmentIds, bool[] specialMask) =>
        (_ids, _offsets, _segmentIds, _specialMask) = (ids, offsets, segmentIds, specialMask);

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>The ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>For each token, the part of its original text that it came from, in UTF-16 units; (0, 0) for a token that the tokenizer put in.</summary>
    public ReadOnlySpan<(int Start, int End)> Offsets => _offsets;

    /// <summary>For each token, 0 for the first text and 1 for the second.</summary>
    public ReadOnlySpan<int> SegmentIds => _segmentIds;

    /// <summary>For each token, whether it is a special token, put in or found in the text.</summary>
    public ReadOnlySpan<bool> SpecialMask => _specialMask;
}
