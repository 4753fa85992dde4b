namespace NlpPretrain.Word2Vec;

/// <summary>Characters of many words, in arrays of fixed size. One thread reserves, others may fill what is reserved.</summary>
internal sealed class WordArena
{
    private const int Shift = 18, ArrayLength = 1 << Shift;

    private readonly List<char[]> _arrays = [];
    private int _used;

    /// <summary>Reserves room in one piece, at most 65,536 characters; its start, or -1 where the arena is full.</summary>
    public int Reserve(int length)
    {
        int start = _used;
        if (start >> Shift == _arrays.Count || OffsetOf(start) + length > ArrayLength)
        {
            start = _arrays.Count << Shift;
            if (start < 0 || start > int.MaxValue - ArrayLength)
            {
                return -1;
            }

            _arrays.Add(new char[ArrayLength]);
        }

        _used = start + length;
        return start;
    }

    /// <summary>The array that a place lies in; to be asked for by the thread that reserves.</summary>
    public char[] ArrayOf(int start) => _arrays[start >> Shift];

    /// <summary>Where in its array a place starts.</summary>
    public static int OffsetOf(int start) => start & (ArrayLength - 1);

    /// <summary>The characters of a place.</summary>
    public ReadOnlySpan<char> Characters(int start, int length) => _arrays[start >> Shift].AsSpan(OffsetOf(start), length);
}
