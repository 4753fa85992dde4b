namespace NlpPretrain.Text;

/// <summary>Makes the vocabulary of a <see cref="UnigramModel"/> from a corpus.</summary>
/// <remarks>
/// Starts from the frequent substrings of the corpus' words; estimates the pieces' probabilities by expectation and maximization, drops those whose absence costs the least likelihood,
/// and repeats until the vocabulary is a tenth larger than it shall be; then the likeliest pieces stay, with all single characters. The result is the same at any number of
/// threads and on any processor. Source: Kudo 2018, arXiv:1804.10959, section 3.2, and SentencePiece's trainer.
/// </remarks>
public static class UnigramTrainer
{
    /// <summary>How much larger the vocabulary is when pruning ends.</summary>
    private const double Surplus = 1.1;

    /// <summary>Trains a model.</summary>
    /// <param name="corpus">The text, read once.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="normalizer">Rewrites the text first. Default null: <see cref="MetaspaceNormalizer"/> with its defaults.</param>
    /// <param name="preTokenizer">Cuts text to the words that no piece crosses. Default null: <see cref="MetaspacePreTokenizer"/>.</param>
    /// <param name="progress">Told after each step, from the calling thread. Default null: nobody is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read, has no words, or has more different characters than the vocabulary holds.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static UnigramModel Train(ICorpus corpus, UnigramTrainerOptions? options = null, TextNormalizer? normalizer = null, PreTokenizer? preTokenizer = null,
        IProgress<TokenizerTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new UnigramTrainerOptions();
        options.Validate();
        void Report(string stage, int pieces) => progress?.Report(new TokenizerTrainingProgress(stage, pieces, options.VocabularySize));

        Report("reading", 0);
        WordTable words = PreTokenWords.Count(corpus, normalizer ?? new MetaspaceNormalizer(), preTokenizer ?? new MetaspacePreTokenizer(), options.Workers, cancellationToken);
        int[] characters = Cover(words, options);
        UnigramFragments fragments = UnigramFragments.Of(words, characters, options.SplitByScript);

        Report("seeding", 0);
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = options.Workers ?? Environment.ProcessorCount };
        (string[] seeds, double[] scores) = UnigramSeeds.Find(fragments, options, parallel);
        UnigramEstimation estimation = new(fragments, seeds, scores, parallel);
        int size = options.VocabularySize - options.SpecialTokens.Count;
        int enough = (int)(Surplus * options.VocabularySize);
        while (true)
        {
            Report("pruning", estimation.Pieces.Length);
            for (int i = 0; i < options.SubIterations; i++) estimation.Maximize(estimation.Expect());
            if (estimation.Pieces.Length <= enough) break;

            estimation.Prune(Math.Max(enough, (int)(options.ShrinkingFactor * estimation.Pieces.Length)));
        }

        UnigramModel model = Finish(estimation, size, options);
        Report("done", model.Count);
        return model;
    }

    private static int[] Cover(WordTable words, UnigramTrainerOptions options)
    {
        int[] characters = UnigramFragments.Cover(words, options.CharacterCoverage);
        int size = options.VocabularySize - options.SpecialTokens.Count;
        if (characters.Length > size)
            throw new CorpusException(FormattableString.Invariant($"The corpus has {characters.Length} different characters at a coverage of {options.CharacterCoverage}; ") +
                FormattableString.Invariant($"{options.VocabularySize} pieces with {options.SpecialTokens.Count} special tokens have room for {size} ") +
                "(UnigramTrainerOptions.VocabularySize, CharacterCoverage).");
        return characters;
    }

    /// <summary>The special tokens, then single characters and the likeliest other pieces by falling score.</summary>
    private static UnigramModel Finish(UnigramEstimation estimation, int size, UnigramTrainerOptions options)
    {
        string[] pieces = estimation.Pieces;
        double[] scores = estimation.Scores;
        HashSet<string> special = new(options.SpecialTokens, StringComparer.Ordinal);
        List<int> chosen = [.. Enumerable.Range(0, pieces.Length).Where(i => !special.Contains(pieces[i]))];
        chosen.Sort((a, b) =>
        {
            bool isOne = CharacterSpan.IsOne(pieces[a]);
            if (isOne != CharacterSpan.IsOne(pieces[b])) return isOne ? -1 : 1;
            return ByScore(a, b);
        });
        int ByScore(int a, int b) => scores[a] == scores[b] ? a.CompareTo(b) : scores[b].CompareTo(scores[a]);
        if (chosen.Count > size) chosen.RemoveRange(size, chosen.Count - size);
        chosen.Sort(ByScore);

        List<UnigramPiece> all = [.. options.SpecialTokens.Select(token => new UnigramPiece(token, 0, IsControl: true))];
        all.AddRange(chosen.Select(i => new UnigramPiece(pieces[i], scores[i])));
        return new UnigramModel(all, options.SpecialTokens.ToList().IndexOf(options.UnknownToken));
    }
}
