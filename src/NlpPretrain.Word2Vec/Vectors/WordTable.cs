using System.Numerics;

namespace NlpPretrain.Word2Vec;

/// <summary>Finds a word's index: open addressing over indices, so that a million words cost two small arrays.</summary>
/// <remarks>Hash codes are the runtime's seeded ones, so no file can be made whose words all collide.</remarks>
internal sealed class WordTable
{
    private readonly WordList _words;
    private readonly int[] _hashes;

    /// <summary>By slot, one more than a word's index; 0 where the slot is empty.</summary>
    private readonly int[] _slots;

    /// <summary>Creates the table.</summary>
    /// <param name="words">The words.</param>
    /// <param name="hashes">The words' own hash codes, as <see cref="string.GetHashCode()"/> gives them.</param>
    public WordTable(WordList words, int[] hashes)
    {
        (_words, _hashes) = (words, hashes);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)words.Count * 2 + 2)];
        for (int index = 0; index < words.Count; index++)
        {
            ref int slot = ref _slots[Find(words.Characters(index), hashes[index])];
            if (slot == 0)
            {
                slot = index + 1;
            }
            else
            {
                Duplicates++;
            }
        }
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

    private int Find(ReadOnlySpan<char> word, int hash)
    {
        int mask = _slots.Length - 1;
        int slot = hash & mask;
        while (_slots[slot] is int index && index != 0 && (_hashes[index - 1] != hash || !word.SequenceEqual(_words.Characters(index - 1))))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
