namespace NlpPretrain.Text;

/// <summary>The pieces of a word: their ids, and how much of the word each covers. Grows, and is used again for the next word.</summary>
public sealed class PieceBuffer
{
    private int[] _ids = new int[64];
    private int[] _lengths = new int[64];
    private int _capacity = 64;

    /// <summary>Number of pieces.</summary>
    public int Count { get; private set; }

    /// <summary>The pieces' ids, valid until the next <see cref="Add(int, int)"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>
    /// How many UTF-16 units of the word each piece covers, or bytes of its UTF-8 (<see cref="TokenModel.LengthsAreBytes"/>); they add up to the word.
    /// </summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>Appends a piece.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="length">How much of the word it covers, 0 or more.</param>
    public void Add(int id, int length)
    {
        if (Count == _capacity)
        {
            WorkArray.Grow(ref _ids, Count + 1);
            WorkArray.Grow(ref _lengths, Count + 1);
            _capacity = Math.Min(_ids.Length, _lengths.Length);
        }

        _ids[Count] = id;
        _lengths[Count++] = length;
    }

    /// <summary>Appends pieces.</summary>
    internal void Add(ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths)
    {
        for (int i = 0; i < ids.Length; i++) Add(ids[i], lengths[i]);
    }

    /// <summary>Forgets all pieces, and keeps the memory.</summary>
    public void Clear() => Count = 0;

    /// <summary>Forgets all pieces, and keeps the memory of short words only.</summary>
    internal void Shrink()
    {
        Count = 0;
        WorkArray.Shrink(ref _ids);
        WorkArray.Shrink(ref _lengths);
        _capacity = Math.Min(_ids.Length, _lengths.Length);
    }

    /// <summary>Forgets the pieces from an index on.</summary>
    internal void Truncate(int count) => Count = count;
}
