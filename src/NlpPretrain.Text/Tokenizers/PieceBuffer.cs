namespace NlpPretrain.Text;

/// <summary>The pieces of a word: their ids, and how much of the word each covers. Grows, and is used again for the next word.</summary>
public sealed class PieceBuffer
{
    private int[] _ids = new int[64];
    private int[] _lengths = new int[64];

    /// <summary>Number of pieces.</summary>
    public int Count { get; private set; }

    /// <summary>The pieces' ids, valid until the next <see cref="Add"/> or <see cref="Clear"/>.</summary>
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
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, 2 * Count);
            Array.Resize(ref _lengths, 2 * Count);
        }

        _ids[Count] = id;
        _lengths[Count++] = length;
    }

    /// <summary>Forgets all pieces, and keeps the memory.</summary>
    public void Clear() => Count = 0;

    /// <summary>Forgets the pieces from an index on.</summary>
    internal void Truncate(int count) => Count = count;
}
