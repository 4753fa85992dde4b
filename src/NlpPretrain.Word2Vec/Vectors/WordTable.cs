using System.Numerics;

namespace NlpPretrain.Word2Vec;

/// <summary>Finds a word's index: open addressing over indices, so that a million words cost two small arrays.</summary>
/// <remarks>Hash codes are the runtime's seeded ones, so no file can be made whose words all collide.</remarks>
internal sealed class WordTable
{
    private const int Empty = -1;

    private readonly IReadOnlyList<string> _words;
    private readonly int[] _hashes;
    private readonly int[] _slots;

    /// <summary>Creates the table.</summary>
    /// <param name="words">The words; read by index, so they must not change.</param>
    /// <param name="hashes">The words' own hash codes, as <see cref="string.GetHashCode()"/> gives them.</param>
    /// <param name="isFirst">Set to false for each word that an earlier one equals; such a word is not found by its later index.</param>
    /// <param name="duplicates">How many words equal an earlier one.</param>
    public WordTable(IReadOnlyList<string> words, int[] hashes, Span<bool> isFirst, out int duplicates)
    {
        (_words, _hashes) = (words, hashes);
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)words.Count * 2 + 2)];
        _slots.AsSpan().Fill(Empty);
        duplicates = 0;
        for (int index = 0; index < words.Count; index++)
        {
            int slot = Find(words[index], hashes[index]);
            isFirst[index] = _slots[slot] == Empty;
            if (isFirst[index])
            {
                _slots[slot] = index;
            }
            else
            {
                duplicates++;
            }
        }
    }

    /// <summary>The index of a word, or -1.</summary>
    public int IndexOf(ReadOnlySpan<char> word) => _slots[Find(word, string.GetHashCode(word))];

    private int Find(ReadOnlySpan<char> word, int hash)
    {
        int mask = _slots.Length - 1;
        int slot = hash & mask;
        while (_slots[slot] is int index && index != Empty && (_hashes[index] != hash || !word.SequenceEqual(_words[index])))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
