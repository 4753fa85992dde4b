namespace NlpPretrain.Text;

/// <summary>The words of a corpus, cut where no piece may cross: different fragments in ordinal order, with how often each occurs.</summary>
internal sealed class UnigramFragments
{
    private readonly char[] _characters;
    private readonly int[] _starts;
    private readonly long[] _counts;

    private UnigramFragments(WordTable table)
    {
        int[] order = new int[table.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => table.WordAt(a).SequenceCompareTo(table.WordAt(b)));
        _characters = new char[table.Length];
        _starts = new int[order.Length + 1];
        _counts = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            ReadOnlySpan<char> fragment = table.WordAt(order[i]);
            fragment.CopyTo(_characters.AsSpan(_starts[i]));
            _starts[i + 1] = _starts[i] + fragment.Length;
            _counts[i] = table.CountAt(order[i]);
        }
    }

    internal int Count => _counts.Length;

    internal ReadOnlySpan<char> this[int index] => _characters.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    internal long CountOf(int index) => _counts[index];

    /// <summary>All fragments one after the other.</summary>
    internal ReadOnlySpan<char> Characters => _characters;

    /// <summary>Where a fragment starts among <see cref="Characters"/>; for the number of fragments, where the last one ends.</summary>
    internal int StartOf(int index) => _starts[index];

    /// <summary>Cuts words at characters that are not covered, which are left out, and between scripts.</summary>
    /// <param name="words">Different words with their counts.</param>
    /// <param name="covered">Sorted code points that may be in pieces.</param>
    /// <param name="splitByScript">Whether to cut between scripts.</param>
    internal static UnigramFragments Of(WordTable words, int[] covered, bool splitByScript)
    {
        WordTable table = new(words.Count, words.Length);
        for (int id = 0; id < words.Count; id++)
        {
            ReadOnlySpan<char> word = words.WordAt(id);
            int start = 0, script = CharacterScript.Any;
            for (int at = 0; at < word.Length;)
            {
                int length = CharacterSpan.LengthAt(word, at);
                int character = CharacterSpan.At(word, at);
                bool isCovered = Array.BinarySearch(covered, character) >= 0;
                int own = splitByScript ? CharacterScript.Of(character) : CharacterScript.Any;
                if (!isCovered || own != CharacterScript.Any && script != CharacterScript.Any && own != script)
                {
                    if (at > start) table.Add(word[start..at], words.CountAt(id));
                    start = isCovered ? at : at + length;
                    script = CharacterScript.Any;
                }

                if (isCovered && own != CharacterScript.Any) script = own;
                at += length;
            }

            if (word.Length > start) table.Add(word[start..], words.CountAt(id));
        }

        return new UnigramFragments(table);
    }

    /// <summary>The most frequent characters that make up a share of the words, sorted; of equally frequent ones the lower code points.</summary>
    internal static int[] Cover(WordTable words, double coverage)
    {
        Dictionary<int, long> counts = [];
        long total = 0;
        for (int id = 0; id < words.Count; id++)
        {
            ReadOnlySpan<char> word = words.WordAt(id);
            for (int at = 0; at < word.Length; at += CharacterSpan.LengthAt(word, at))
            {
                int character = CharacterSpan.At(word, at);
                if (character is >= 0xD800 and <= 0xDFFF) continue;

                counts[character] = counts.GetValueOrDefault(character) + words.CountAt(id);
                total += words.CountAt(id);
            }
        }

        List<int> covered = [];
        long reached = 0;
        foreach ((int character, long count) in counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key))
        {
            if (reached >= coverage * total) break;
            covered.Add(character);
            reached += count;
        }

        covered.Sort();
        return [.. covered];
    }
}
