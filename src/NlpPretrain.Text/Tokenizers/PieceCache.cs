using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>The pieces of short words that came before: one entry a slot, the last that hashed to it. Threads share it without locks.</summary>
/// <remarks>
/// An entry never changes once it can be seen, and a reference is written at once, so a reader finds a whole entry or an older one. 32,768 entries at most, each of the hash, the
/// word's length, a number for each piece and each of its lengths, and the word, in one array: some 100 bytes for a usual word.
/// </remarks>
internal sealed class PieceCache
{
    internal const int LongestWord = 24;

    private const int SlotBits = 15, Head = 2;

    private readonly int[]?[] _entries = new int[]?[1 << SlotBits];

    /// <summary>Adds the pieces of a word, known or from the model.</summary>
    internal void Encode(ReadOnlySpan<char> word, PieceBuffer pieces, IWordCutter model)
    {
        if (word.Length > LongestWord)
        {
            model.Cut(word, pieces);
            return;
        }

        uint hash = WordHash.Of(word);
        if (TryAdd(word, hash, pieces)) return;

        int first = pieces.Count;
        model.Cut(word, pieces);
        Keep(word, hash, pieces.Ids[first..], pieces.Lengths[first..]);
    }

    /// <summary>Adds the pieces of a word that is known.</summary>
    /// <returns>Whether it is.</returns>
    private bool TryAdd(ReadOnlySpan<char> word, uint hash, PieceBuffer pieces)
    {
        int[]? entry = Volatile.Read(ref _entries[hash >> 32 - SlotBits]);
        if (entry is null || entry[0] != (int)hash || entry[1] != word.Length) return false;

        int count = (entry.Length - Head - IntsOf(word.Length)) / 2;
        if (!MemoryMarshal.Cast<int, char>(entry.AsSpan(Head + 2 * count))[..word.Length].SequenceEqual(word)) return false;

        pieces.Add(entry.AsSpan(Head, count), entry.AsSpan(Head + count, count));
        return true;
    }

    /// <summary>Keeps the pieces of a word of at most <see cref="LongestWord"/> units.</summary>
    private void Keep(ReadOnlySpan<char> word, uint hash, ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths)
    {
        int[] entry = new int[Head + 2 * ids.Length + IntsOf(word.Length)];
        (entry[0], entry[1]) = ((int)hash, word.Length);
        ids.CopyTo(entry.AsSpan(Head));
        lengths.CopyTo(entry.AsSpan(Head + ids.Length));
        word.CopyTo(MemoryMarshal.Cast<int, char>(entry.AsSpan(Head + 2 * ids.Length)));
        Volatile.Write(ref _entries[hash >> 32 - SlotBits], entry);
    }

    private static int IntsOf(int units) => (units + 1) / 2;
}
