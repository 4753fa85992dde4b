using System.Numerics;

namespace NlpPretrain.Word2Vec;

/// <summary>Finds a word's index: open addressing over indices, so that a million words cost two small arrays.</summary>
/// <remarks>Hash codes are the runtime's seeded ones, so no file can be made whose words all collide.</remarks>
internal sealed class WordTable
{
    /// <summary>One for each value of a hash code's two highest bits.</summary>
    private const int Parts = 4;

    private const int LeastForWorkers = 50_000;

    private readonly WordList _words;
    private readonly int[] _hashes;

    /// <summary>By slot, one more than a word's index; 0 where the slot is empty. Each part has slots of its own, and is filled on its own.</summary>
    private readonly int[] _slots;

    private readonly int _slotsOfPart;

    /// <summary>Creates the table.</summary>
    /// <param name="words">The words.</param>
    /// <param name="hashes">The words' own hash codes, as <see cref="string.GetHashCode()"/> gives them.</param>
    /// <param name="workers">Threads at most.</param>
    public WordTable(WordList words, int[] hashes, int workers = 1)
    {
        (_words, _hashes) = (words, hashes);
        int[] counts = new int[Parts];
        foreach (int hash in hashes)
        {
            counts[PartOf(hash)]++;
        }

        _slotsOfPart = (int)BitOperations.RoundUpToPowerOf2((uint)counts.Max() * 3 / 2 + 2);
        _slots = new int[Parts * _slotsOfPart];
        int duplicates = 0;
        if (workers == 1 || hashes.Length < LeastForWorkers)
        {
            for (int part = 0; part < Parts; part++)
            {
                duplicates += Fill(part);
            }
        }
        else
        {
            Parallel.For(0, Parts, new ParallelOptions { MaxDegreeOfParallelism = workers }, part => Interlocked.Add(ref duplicates, Fill(part)));
        }

        Duplicates = duplicates;
    }

    /// <summary>How many words equal an earlier one; such a word is found by its first index.</summary>
    public int Duplicates { get; }

    /// <summary>The index of a word, or -1.</summary>
    public int IndexOf(ReadOnlySpan<char> word) => _slots[Find(word, string.GetHashCode(word))] - 1;

    /// <summary>By index, whether no earlier word equals the word.</summary>
    public bool[] MarkFirst()
    {
        bool[] isFirst = new bool[_words.Count];
        foreach (int index in _slots)
        {
            if (index > 0)
            {
                isFirst[index - 1] = true;
            }
        }

        return isFirst;
    }

    /// <summary>Puts the words of a part into its slots, in order, so that the first of equal ones is there.</summary>
    private int Fill(int part)
    {
        int duplicates = 0;
        for (int index = 0; index < _hashes.Length; index++)
        {
            if (PartOf(_hashes[index]) == part)
            {
                ref int slot = ref _slots[Find(_words.Characters(index), _hashes[index])];
                duplicates += slot == 0 ? 0 : 1;
                slot = slot == 0 ? index + 1 : slot;
            }
        }

        return duplicates;
    }

    private int Find(ReadOnlySpan<char> word, int hash)
    {
        int mask = _slotsOfPart - 1, start = PartOf(hash) * _slotsOfPart;
        int slot = hash & mask;
        while (_slots[start + slot] is int index && index != 0 && (_hashes[index - 1] != hash || !word.SequenceEqual(_words.Characters(index - 1))))
        {
            slot = (slot + 1) & mask;
        }

        return start + slot;
    }

    private static int PartOf(int hash) => (int)((uint)hash >> 30);
}
