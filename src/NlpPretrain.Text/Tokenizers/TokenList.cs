namespace NlpPretrain.Text;

/// <summary>The tokens of one text before they are framed. Grows, and is used again.</summary>
internal sealed class TokenList
{
    private int[] _ids = new int[256];
    private (int Start, int End)[] _offsets = new (int, int)[256];
    private bool[] _specialMask = new bool[256];

    private int _capacity = 256;

    internal int Count { get; private set; }

    internal ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    internal ReadOnlySpan<(int Start, int End)> Offsets => _offsets.AsSpan(0, Count);

    internal ReadOnlySpan<bool> SpecialMask => _specialMask.AsSpan(0, Count);

    internal void Clear() => Count = 0;

    /// <summary>Forgets the tokens, and keeps the memory of short texts only.</summary>
    internal void Shrink()
    {
        Count = 0;
        WorkArray.Shrink(ref _ids);
        WorkArray.Shrink(ref _offsets);
        WorkArray.Shrink(ref _specialMask);
        _capacity = Math.Min(_ids.Length, Math.Min(_offsets.Length, _specialMask.Length));
    }

    /// <summary>Takes the spaces at their ends from the tokens' offsets.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepFirst">Whether the first token keeps a single space before it.</param>
    /// <param name="space">The id of a space alone, which is nothing without it, even where it was put in and has the place of a character.</param>
    internal void TrimSpaces(ReadOnlySpan<char> text, bool keepFirst, int space)
    {
        if (keepFirst && Count > 0 && _ids[0] == space) _offsets[0].End = _offsets[0].Start;
        for (int i = 0; i < Count; i++)
        {
            (int start, int end) = _offsets[i];
            int spaces = text[start..end].IndexOfAnyExcept(' ');
            if (spaces < 0) spaces = end - start;
            bool isKept = keepFirst && (i == 0 || start == 0) && spaces == 1;          // several spaces were the text's own
            if (!isKept) start += spaces;
            while (end > start && text[end - 1] == ' ') end--;
            _offsets[i] = (start, end);
        }
    }

    internal void Add(int id, int start, int end, bool isSpecial)
    {
        if (Count == _capacity)
        {
            WorkArray.Grow(ref _ids, Count + 1);
            WorkArray.Grow(ref _offsets, Count + 1);
            WorkArray.Grow(ref _specialMask, Count + 1);
            _capacity = Math.Min(_ids.Length, Math.Min(_offsets.Length, _specialMask.Length));
        }

        _ids[Count] = id;
        _offsets[Count] = (start, end);
        _specialMask[Count++] = isSpecial;
    }
}
