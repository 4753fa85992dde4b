using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>Words and their counts, found by their characters without a string for each: open addressing, linear probing, half full at most.</summary>
/// <remarks>Ids are in the order of the first appearance. Nothing that callers see depends on the hash.</remarks>
internal sealed class WordTable
{
    private const int MaxWords = 1 << 29, BatchLength = 32;

    private Slot[] _slots;
    private char[] _characters;
    private Entry[] _entries;
    private int _length, _count;

    internal WordTable(int words = 0, int characters = 0)
    {
        _slots = new Slot[SlotsFor(words)];
        _entries = new Entry[Math.Max(words, 64)];
        _characters = new char[Math.Max(characters, 512)];
    }

    internal int Count => _count;

    /// <summary>Characters of all words together.</summary>
    internal int Length => _length;

    internal ReadOnlySpan<char> WordAt(int id)
    {
        ref readonly Entry entry = ref _entries.AsSpan(0, _count)[id];
        return _characters.AsSpan(entry.Start, entry.Length);
    }

    internal long CountAt(int id) => _entries.AsSpan(0, _count)[id].Count;

    /// <summary>The id of a word; −1 where it is absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int Find(ReadOnlySpan<char> word)
    {
        uint hash = WordHash.Of(word);
        Slot[] slots = _slots;
        for (uint i = hash; ; i++)
        {
            Slot slot = slots[i & (uint)(slots.Length - 1)];
            if (slot.IdPlusOne == 0) return -1;
            if (slot.Hash == hash && IsWord(slot.IdPlusOne - 1, word)) return slot.IdPlusOne - 1;
        }
    }

    /// <summary>Counts a word, which is added where it is new.</summary>
    /// <returns>Its id.</returns>
    internal int Add(ReadOnlySpan<char> word, long count) => Add(word, WordHash.Of(word), count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Add(ReadOnlySpan<char> word, uint hash, long count)
    {
        Slot[] slots = _slots;
        for (uint i = hash; ; i++)
        {
            Slot slot = slots[i & (uint)(slots.Length - 1)];
            if (slot.IdPlusOne == 0) return Insert(word, hash, count);
            if (slot.Hash != hash || !IsWord(slot.IdPlusOne - 1, word)) continue;

            _entries[slot.IdPlusOne - 1].Count += count;
            return slot.IdPlusOne - 1;
        }
    }

    /// <summary>Counts words once each, hashed some at a time so that their look-ups overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(WordBuffer words)
    {
        Span<uint> hashes = stackalloc uint[BatchLength];
        for (int start = 0; start < words.Count; start += BatchLength)
        {
            int length = Math.Min(BatchLength, words.Count - start);
            for (int i = 0; i < length; i++) hashes[i] = WordHash.Of(words[start + i]);
            for (int i = 0; i < length; i++) Add(words[start + i], hashes[i], 1);
        }
    }

    /// <summary>Counts all words of another table.</summary>
    internal void Add(WordTable other)
    {
        for (int id = 0; id < other.Count; id++) Add(other.WordAt(id), other.CountAt(id));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWord(int id, ReadOnlySpan<char> word)
    {
        ref readonly Entry entry = ref _entries[id];
        return entry.Length == word.Length && WordHash.AreEqual(_characters.AsSpan(entry.Start, entry.Length), word);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Insert(ReadOnlySpan<char> word, uint hash, long count)
    {
        if (_count == MaxWords || (long)_length + word.Length > Array.MaxLength)
            throw new CorpusException($"The corpus has more different words than one table holds ({_count:N0} words, {_length:N0} characters); " +
                "use a tokenizer that cuts to fewer words, or a part of the corpus.");

        if (_length + word.Length > _characters.Length)
            Array.Resize(ref _characters, (int)Math.Min(Math.Max(2L * _characters.Length, (long)_length + word.Length), Array.MaxLength));
        if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
        if (2 * (_count + 1) > _slots.Length) Grow();

        word.CopyTo(_characters.AsSpan(_length));
        _entries[_count] = new Entry { Start = _length, Length = word.Length, Count = count };
        _length += word.Length;
        Place(_slots, new Slot(hash, ++_count));
        return _count - 1;
    }

    private void Grow()
    {
        Slot[] larger = new Slot[2 * _slots.Length];
        foreach (Slot slot in _slots)
        {
            if (slot.IdPlusOne != 0) Place(larger, slot);
        }

        _slots = larger;
    }

    private static void Place(Slot[] slots, Slot slot)
    {
        uint i = slot.Hash;
        while (slots[i & (uint)(slots.Length - 1)].IdPlusOne != 0) i++;
        slots[i & (uint)(slots.Length - 1)] = slot;
    }

    private static int SlotsFor(int words)
    {
        Debug.Assert(words <= MaxWords);
        return (int)Math.Max(1024, System.Numerics.BitOperations.RoundUpToPowerOf2(2 * (uint)words));
    }

    /// <param name="Hash">The word's hash, kept so that growing and most misses read no word.</param>
    /// <param name="IdPlusOne">0 where the slot is free.</param>
    private readonly record struct Slot(uint Hash, int IdPlusOne);

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        internal long Count;
        internal int Start, Length;
    }
}
