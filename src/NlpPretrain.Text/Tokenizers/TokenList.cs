namespace NlpPretrain.Text;

/// <summary>The tokens of one text before they are framed. Grows, and is used again.</summary>
internal sealed class TokenList
{
    private int[] _ids = new int[256];
    private (int Start, int End)[] _offsets = new (int, int)[256];
    private bool[] _specialMask = new bool[256];

    internal int Count { get; private set; }

    internal ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    internal ReadOnlySpan<(int Start, int End)> Offsets => _offsets.AsSpan(0, Count);

    internal ReadOnlySpan<bool> SpecialMask => _specialMask.AsSpan(0, Count);

    internal void Clear() => Count = 0;

    internal void Add(int id, int start, int end, bool isSpecial)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, 2 * Count);
            Array.Resize(ref _offsets, 2 * Count);
            Array.Resize(ref _specialMask, 2 * Count);
        }

        _ids[Count] = id;
        _offsets[Count] = (start, end);
        _specialMask[Count++] = isSpecial;
    }
}
