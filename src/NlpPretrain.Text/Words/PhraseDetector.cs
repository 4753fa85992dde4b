namespace NlpPretrain.Text;

/// <summary>Finds phrases in a corpus: pairs of words that stand next to each other much more often than their own counts let expect.</summary>
/// <remarks>
/// Each round reads the corpus twice, for the words and for the pairs of frequent words within sentences. Source: Mikolov et al. 2013,
/// arXiv:1310.4546, section 4.
/// </remarks>
public static class PhraseDetector
{
    /// <summary>Learns the phrases of a corpus. The result is the same at any number of workers.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">Cuts text to words.</param>
    /// <param name="options">Which pairs to take. Default null: the default options.</param>
    /// <param name="workers">Threads, at least 1. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The tokenizer that joins the phrases; it may have found none.</returns>
    /// <exception cref="CorpusException">The corpus cannot be read, has no words, or has none that is frequent enough.</exception>
    public static PhraseTokenizer Learn(ICorpus corpus, IWordTokenizer tokenizer, PhraseOptions? options = null,
        int? workers = null, CancellationToken cancellationToken = default)
    {
        options ??= new PhraseOptions();
        options.Validate();

        List<Phrase> phrases = [];
        PhraseTokenizer joined = new(tokenizer, phrases, options.Delimiter);
        for (int round = 1; round <= options.Rounds; round++)
        {
            List<Phrase> found = FindPhrases(corpus, joined, options, round, workers, cancellationToken);
            if (found.Count == 0) break;

            phrases.AddRange(found);
            joined = new PhraseTokenizer(tokenizer, phrases, options.Delimiter);
        }

        return joined;
    }

    private static List<Phrase> FindPhrases(ICorpus corpus, IWordTokenizer tokenizer, PhraseOptions options, int round,
        int? workers, CancellationToken cancellationToken)
    {
        WordVocabularyBuilder words = CorpusWords.Count(corpus, tokenizer, workers, cancellationToken);
        WordVocabulary vocabulary = words.Build(options.MinCount, maxSize: null, "PhraseOptions.MinCount");
        PairTable[] tables = CorpusWords.Read(corpus, tokenizer, options.MaxPairs is null ? workers : 1, () => new PairTable(options.MaxPairs),
            (table, passage) => CountPairs(table, vocabulary, passage), cancellationToken);
        foreach (PairTable other in tables.AsSpan(1))
        {
            foreach ((int first, int second, long count) in other.Pairs()) tables[0].Add(first, second, count);
        }

        List<Phrase> found = [];
        foreach ((int first, int second, long count) in tables[0].Pairs())
        {
            if (count < options.MinCount) continue;
            double score = ScoreOf(options, count, vocabulary.CountOf(first), vocabulary.CountOf(second), words.WordsRead);
            if (score > options.EffectiveThreshold && PhraseTokenizer.IsPart(vocabulary.WordAt(first)) && PhraseTokenizer.IsPart(vocabulary.WordAt(second)))
                found.Add(new Phrase(round, vocabulary[first], vocabulary[second], score));
        }

        found.Sort((a, b) =>
        {
            int order = b.Score.CompareTo(a.Score);
            if (order == 0) order = string.CompareOrdinal(a.First, b.First);
            return order != 0 ? order : string.CompareOrdinal(a.Second, b.Second);
        });
        return found;
    }

    private static void CountPairs(PairTable table, WordVocabulary vocabulary, WordBuffer words)
    {
        int at = 0;
        foreach (int end in words.SentenceEnds)
        {
            int previous = -1;
            for (; at < end; at++)
            {
                int word = vocabulary.IdOf(words[at]);
                if (previous >= 0 && word >= 0) table.Add(previous, word);
                previous = word;
            }
        }
    }

    private static double ScoreOf(PhraseOptions options, double together, double first, double second, double all)
    {
        if (options.Score == PhraseScore.Original) return (together - (options.Discount ?? options.MinCount)) / first / second * all;
        return PortableLog.Of(together / first * (all / second)) / -PortableLog.Of(together / all);
    }
}
