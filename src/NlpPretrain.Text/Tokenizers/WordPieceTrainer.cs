using System.Text;

namespace NlpPretrain.Text;

/// <summary>Makes the vocabulary of a <see cref="WordPieceModel"/> from a corpus.</summary>
/// <remarks>
/// Counts the words, and starts with their characters: the first as it is, the others with the prefix. Then, until the vocabulary is full, merges the pair of
/// neighbours with the highest score, the one that adds most to the likelihood of the corpus for each time it occurs:
/// <code>
/// score(a, b) = count(ab) / (count(a) · count(b))
/// </code>
/// in double precision, where the counts are those of the words as they are cut at that time. Of equal scores the pair that occurs more often goes first, then the one whose
/// left piece, then right piece, is first in ordinal order. A merge that spells a piece which is there already changes the words but adds none. The result is the same at any
/// number of workers.
/// <para>
/// The score alone favours letters that only occur together, however rare they are: names and typing errors would fill the vocabulary before <c>the</c> is a piece. So a pair must
/// occur as often as the word of rank <see cref="WordPieceTrainerOptions.VocabularySize"/> / 4 does; whenever no such pair is left, half as often is enough, down to
/// <see cref="WordPieceTrainerOptions.MinimumFrequency"/>.
/// </para>
/// <para>Ids: the special tokens; the alphabet in ordinal order; the pieces as they were made.</para>
/// </remarks>
public static class WordPieceTrainer
{
    /// <summary>Trains a model.</summary>
    /// <param name="corpus">The text, read once.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="normalizer">Rewrites the text first. Default null: <see cref="BertNormalizer"/>, uncased.</param>
    /// <param name="preTokenizer">Cuts text to the words that no piece crosses. Default null: <see cref="BertPreTokenizer"/>.</param>
    /// <param name="progress">Told about every hundredth piece, from the calling thread. Default null: nobody is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read or has no words, or the vocabulary has no room for its alphabet.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static WordPieceModel Train(ICorpus corpus, WordPieceTrainerOptions? options = null, TextNormalizer? normalizer = null,
        PreTokenizer? preTokenizer = null, IProgress<TokenizerTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new WordPieceTrainerOptions();
        options.Validate();
        progress?.Report(new TokenizerTrainingProgress("reading", 0, options.VocabularySize));
        WordTable words = PreTokenWords.Count(corpus, normalizer ?? new BertNormalizer(), preTokenizer ?? new BertPreTokenizer(),
            options.Workers, cancellationToken);

        List<string> pieces = [.. options.SpecialTokens];
        if (!pieces.Contains(options.Form.Unknown)) pieces.Insert(0, options.Form.Unknown);
        HashSet<string> known = new(pieces, StringComparer.Ordinal);
        WordPiecePairs pairs = new(options.Form.Prefix, Math.Max(FrequencyOf(options.VocabularySize / 4, words), options.MinimumFrequency), options.MinimumFrequency);
        pieces.AddRange(AddWords(pairs, words, options, cancellationToken).Where(known.Add));
        if (pieces.Count > options.VocabularySize)
        {
            throw new CorpusException(FormattableString.Invariant($"The alphabet and the special tokens are {pieces.Count} pieces; the vocabulary has room for ")
                + FormattableString.Invariant($"{options.VocabularySize} ({nameof(WordPieceTrainerOptions)}.{nameof(options.VocabularySize)})."));
        }

        while (pieces.Count < options.VocabularySize && pairs.MergeBest() is { } piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!known.Add(piece)) continue;

            pieces.Add(piece);
            if (pieces.Count % 100 == 0) progress?.Report(new TokenizerTrainingProgress("merging", pieces.Count, options.VocabularySize));
        }

        progress?.Report(new TokenizerTrainingProgress("done", pieces.Count, options.VocabularySize));
        return new WordPieceModel(pieces, options.Form);
    }

    /// <summary>How often the word of a rank, counted from 0, occurs; 0 where there are fewer words.</summary>
    private static long FrequencyOf(int rank, WordTable words)
    {
        if (rank >= words.Count) return 0;

        long[] counts = new long[words.Count];
        for (int id = 0; id < counts.Length; id++) counts[id] = words.CountAt(id);
        Array.Sort(counts);
        return counts[^(rank + 1)];
    }

    /// <summary>Gives the words of the alphabet to the index, in an order that does not depend on threads.</summary>
    /// <returns>The characters as pieces, in ordinal order.</returns>
    private static string[] AddWords(WordPiecePairs pairs, WordTable words, WordPieceTrainerOptions options, CancellationToken cancellationToken)
    {
        Dictionary<Rune, long> counts = [];
        List<(string Word, long Count)> trained = [];
        for (int id = 0; id < words.Count; id++)
        {
            ReadOnlySpan<char> word = words.WordAt(id);
            if (!WordVocabulary.CanHold(word) || (word.Length > options.Form.MaxWordLength && word.ToString().EnumerateRunes().Count() > options.Form.MaxWordLength)) continue;

            trained.Add((word.ToString(), words.CountAt(id)));
            foreach (Rune rune in word.EnumerateRunes()) counts[rune] = counts.GetValueOrDefault(rune) + words.CountAt(id);
        }

        if (trained.Count == 0)
        {
            throw new CorpusException(FormattableString.Invariant($"The corpus has no words of at most {options.Form.MaxWordLength} characters, ")
                + $"which are all that is trained on ({nameof(WordPieceOptions)}.{nameof(WordPieceOptions.MaxWordLength)}).");
        }

        HashSet<Rune> alphabet = [.. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key).Take(options.AlphabetLimit).Select(count => count.Key)];
        trained.Sort((a, b) => string.CompareOrdinal(a.Word, b.Word));
        foreach ((string word, long count) in trained)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (word.EnumerateRunes().All(alphabet.Contains)) pairs.Add(word, count);
        }

        pairs.Start();
        return [.. pairs.Symbols.Order(StringComparer.Ordinal)];
    }
}
