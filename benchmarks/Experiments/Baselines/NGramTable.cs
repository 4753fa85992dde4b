namespace NlpPretrain.Experiments.Baselines;

/// <summary>The distinct n-grams of one length. Each is an n-gram that is a word shorter, by its number in the table of that length, and the word behind it.</summary>
/// <remarks>Open addressing with linear probing; numbers are in the order of the first appearance.</remarks>
internal sealed class NGramTable
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private ulong[] _keys = new ulong[1 << 12];
    private int[] _counts = new int[1 << 12], _precedingWords = new int[1 << 12];
    private int[] _slots = new int[1 << 13];                                                  // number + 1; 0: free

    public int Count { get; private set; }

    /// <summary>How often each n-gram appears.</summary>
    public ReadOnlySpan<int> Counts => _counts.AsSpan(0, Count);

    /// <summary>Behind how many different words each n-gram appears.</summary>
    public ReadOnlySpan<int> PrecedingWords => _precedingWords.AsSpan(0, Count);

    /// <summary>The number of the n-gram without its last word.</summary>
    public int ContextOf(int number) => (int)(_keys[number] >> 32);

    /// <summary>The number of an n-gram; −1 where it is absent.</summary>
    public int Find(int context, int word) => _slots[SlotOf(Key(context, word))] - 1;

    /// <summary>Counts an appearance.</summary>
    public int Add(int context, int word, out bool isNew)
    {
        ulong key = Key(context, word);
        int slot = SlotOf(key);
        isNew = _slots[slot] == 0;
        if (isNew)
        {
            if (Count == _keys.Length)
            {
                Grow();
                slot = SlotOf(key);
            }

            _keys[Count] = key;
            _slots[slot] = ++Count;
        }

        int number = _slots[slot] - 1;
        _counts[number]++;
        return number;
    }

    /// <summary>Counts a different word before an n-gram.</summary>
    public void AddPrecedingWord(int number) => _precedingWords[number]++;

    private static ulong Key(int context, int word) => (ulong)context << 32 | (uint)word;

    private int SlotOf(ulong key)
    {
        int mask = _slots.Length - 1, slot = (int)(key * Multiplier >> 32) & mask;
        while (_slots[slot] is not 0 and int number && _keys[number - 1] != key) slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        int capacity = 2 * _keys.Length;
        Array.Resize(ref _keys, capacity);
        Array.Resize(ref _counts, capacity);
        Array.Resize(ref _precedingWords, capacity);
        _slots = new int[2 * capacity];
        for (int number = 0; number < Count; number++) _slots[SlotOf(_keys[number])] = number + 1;
    }
}
