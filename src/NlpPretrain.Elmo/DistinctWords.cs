namespace NlpPretrain.Elmo;

/// <summary>Rows of characters, each different one once, in the order in which they came; it allocates nothing once it has grown.</summary>
/// <param name="mostCharacters">M, the characters of a row.</param>
internal sealed class DistinctWords(int mostCharacters)
{
    private int[] _characters = [], _slots = new int[64];                       // a slot has a row's number and 1 more, or 0
    private int _count;

    internal int MostCharacters => mostCharacters;

    internal int Count => _count;

    /// <summary>[rows, M]</summary>
    internal ReadOnlySpan<int> Characters => _characters.AsSpan(0, _count * mostCharacters);

    internal void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    /// <summary>The number of a row, which is kept when it is new.</summary>
    internal int Add(ReadOnlySpan<int> characters)
    {
        ref int slot = ref Find(characters);
        if (slot > 0) return slot - 1;

        if ((_count + 1) * mostCharacters > _characters.Length) Array.Resize(ref _characters, Math.Max(64 * mostCharacters, 2 * _characters.Length));
        characters.CopyTo(_characters.AsSpan(_count * mostCharacters));
        slot = ++_count;
        if (2 * _count > _slots.Length) Grow();
        return _count - 1;
    }

    /// <summary>The number of a row, or −1.</summary>
    internal int IndexOf(ReadOnlySpan<int> characters) => Find(characters) - 1;

    private ref int Find(ReadOnlySpan<int> characters)
    {
        uint hash = 2166136261;                                                 // FNV-1a
        foreach (int character in characters) hash = (hash ^ (uint)character) * 16777619;
        int place = (int)(hash ^ hash >> 15) & (_slots.Length - 1);
        while (_slots[place] is > 0 and int row && !characters.SequenceEqual(_characters.AsSpan((row - 1) * mostCharacters, mostCharacters))) place = (place + 1) & (_slots.Length - 1);
        return ref _slots[place];
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (int row = 0; row < _count; row++) Find(_characters.AsSpan(row * mostCharacters, mostCharacters)) = row + 1;
    }
}
