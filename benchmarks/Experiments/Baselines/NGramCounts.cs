namespace NlpPretrain.Experiments.Baselines;

/// <summary>The n-grams of one stream of words up to a length, with how often each appears and behind how many different words.</summary>
internal sealed class NGramCounts
{
    private readonly NGramTable[] _tables;

    /// <param name="words">The stream: one history, across the ends of lines.</param>
    /// <param name="vocabularySize">Number of words that there are, from 0.</param>
    /// <param name="longest">Length of the longest n-grams.</param>
    public NGramCounts(ReadOnlySpan<int> words, int vocabularySize, int longest)
    {
        VocabularySize = vocabularySize;
        _tables = [.. Enumerable.Range(0, longest).Select(_ => new NGramTable())];
        int[] ending = new int[longest + 1], before = new int[longest + 1];                   // n-grams of each length that end here, and a word earlier
        for (int position = 0; position < words.Length; position++)
        {
            for (int length = 1; length <= Math.Min(longest, position + 1); length++)
            {
                ending[length] = Table(length).Add(before[length - 1], words[position], out bool isNew);
                if (isNew && length > 1) Table(length - 1).AddPrecedingWord(ending[length - 1]);
            }

            (ending, before) = (before, ending);
        }
    }

    public int VocabularySize { get; }

    public int Longest => _tables.Length;

    public NGramTable Table(int length) => _tables[length - 1];

    /// <summary>The number of an n-gram in the table of its length, 0 for the empty one; −1 where it is absent.</summary>
    public int Find(ReadOnlySpan<int> words)
    {
        int number = 0;
        for (int length = 1; length <= words.Length && number >= 0; length++) number = Table(length).Find(number, words[length - 1]);
        return number;
    }
}
