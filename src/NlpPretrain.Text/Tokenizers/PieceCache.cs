namespace NlpPretrain.Text;

/// <summary>The pieces of short words that came before: one entry a slot, the last that hashed to it. Threads share it without locks.</summary>
/// <remarks>An entry never changes once it can be seen, and a reference is written at once, so a reader finds a whole entry or an older one.</remarks>
internal sealed class PieceCache
{
    internal const int LongestWord = 24;

    private const int SlotBits = 15;

    private readonly Entry?[] _entries = new Entry?[1 << SlotBits];

    /// <summary>Adds the pieces of a word that is known.</summary>
    /// <returns>Whether it is.</returns>
    internal bool TryAdd(ReadOnlySpan<char> word, uint hash, PieceBuffer pieces)
    {
        Entry? entry = Volatile.Read(ref _entries[hash >> 32 - SlotBits]);
        if (entry is null || entry.Hash != hash || !word.SequenceEqual(entry.Word)) return false;

        for (int i = 0; i < entry.Ids.Length; i++) pieces.Add(entry.Ids[i], entry.Lengths[i]);
        return true;
    }

    internal void Keep(ReadOnlySpan<char> word, uint hash, ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths) =>
        Volatile.Write(ref _entries[hash >> 32 - SlotBits], new Entry(hash, word.ToString(), ids.ToArray(), lengths.ToArray()));

    private sealed class Entry(uint hash, string word, int[] ids, int[] lengths)
    {
        internal readonly uint Hash = hash;
        internal readonly string Word = word;
        internal readonly int[] Ids = ids, Lengths = lengths;
    }
}
