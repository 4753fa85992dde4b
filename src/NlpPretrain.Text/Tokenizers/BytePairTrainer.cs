using System.Text;

namespace NlpPretrain.Text;

/// <summary>Makes the vocabulary and the merges of a <see cref="BytePairModel"/> from a corpus.</summary>
/// <remarks>
/// <para>
/// Counts the words; then, until the vocabulary is full, makes the most frequent pair of neighbouring pieces a piece: of equally frequent
/// ones the first by the ordinal order of its left piece, then of its right one. A pair that spells a piece that is there already, such as
/// a special token, does not merge, so each piece has one merge. The result is the same at any number of workers.
/// </para>
/// <para>
/// Ids: the special tokens; the alphabet, which is the 256 bytes in the order of GPT-2's vocabulary, or each character in ordinal order, with the
/// suffix after all without it; then the merges. Source: Sennrich, Haddow and Birch 2016, arXiv:1508.07909.
/// </para>
/// </remarks>
public static class BytePairTrainer
{
    /// <summary>Trains a model.</summary>
    /// <param name="corpus">The text, read once.</param>
    /// <param name="options">Default null: the default options, a byte-level model.</param>
    /// <param name="normalizer">Rewrites the text first. Default null: for characters <see cref="Gpt1Normalizer"/>, for bytes none.</param>
    /// <param name="preTokenizer">
    /// Cuts text to the words that no piece crosses. Default null: for bytes <see cref="ByteLevelPreTokenizer"/>, for characters <see cref="Gpt1PreTokenizer"/>.
    /// </param>
    /// <param name="progress">Told about every hundredth merge, from the calling thread. Default null: nobody is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read or has no words, or the vocabulary has no room for its alphabet.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static BytePairModel Train(ICorpus corpus, BytePairTrainerOptions? options = null, TextNormalizer? normalizer = null,
        PreTokenizer? preTokenizer = null, IProgress<TokenizerTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new BytePairTrainerOptions();
        options.Validate();
        bool isByteLevel = options.Form.IsByteLevel;
        progress?.Report(new TokenizerTrainingProgress("reading", 0, options.VocabularySize));
        WordTable words = PreTokenWords.Count(corpus, normalizer ?? (isByteLevel ? null : new Gpt1Normalizer()),
            preTokenizer ?? (isByteLevel ? new ByteLevelPreTokenizer() : new Gpt1PreTokenizer()), options.Workers, cancellationToken);

        List<string> pieces = [.. options.SpecialTokens];
        if (options.Form.UnknownPiece is { } unknown && !pieces.Contains(unknown)) pieces.Insert(0, unknown);
        string[] alphabet = isByteLevel ? ByteLevelAlphabet() : Characters(words, options);
        HashSet<string> known = new(pieces, StringComparer.Ordinal);
        pieces.AddRange(alphabet.Where(known.Add));
        if (pieces.Count > options.VocabularySize)
        {
            throw new CorpusException(FormattableString.Invariant($"The alphabet and the special tokens are {pieces.Count} pieces; the vocabulary has room for ")
                + FormattableString.Invariant($"{options.VocabularySize} ({nameof(BytePairTrainerOptions)}.{nameof(options.VocabularySize)})."));
        }

        BytePairIndex index = new(pieces);
        BytePairModel letters = new(pieces, [], options.Form);
        int unknownId = options.Form.UnknownPiece is { } piece ? pieces.IndexOf(piece) : -1;
        AddWords(index, letters, words, unknownId, cancellationToken);
        List<BytePairMerge> merges = Merge(index, pieces, known, options, progress, cancellationToken);
        return new BytePairModel(pieces, merges, options.Form);
    }

    private static List<BytePairMerge> Merge(BytePairIndex index, List<string> pieces, HashSet<string> known, BytePairTrainerOptions options,
        IProgress<TokenizerTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        List<BytePairMerge> merges = [];
        while (pieces.Count < options.VocabularySize && index.Take(options.MinimumFrequency) is (int left, int right))
        {
            cancellationToken.ThrowIfCancellationRequested();
            BytePairMerge merge = new(pieces[left], pieces[right]);
            string piece = merge.Left + merge.Right;
            if (!known.Add(piece)) continue;

            merges.Add(merge);
            pieces.Add(piece);
            index.Merge(left, right);
            if (merges.Count % 100 == 0) progress?.Report(new TokenizerTrainingProgress("merging", pieces.Count, options.VocabularySize));
        }

        progress?.Report(new TokenizerTrainingProgress("done", pieces.Count, options.VocabularySize));
        return merges;
    }

    /// <summary>The words as symbols; a character outside the alphabet ends a row, as no pair crosses it.</summary>
    private static void AddWords(BytePairIndex index, BytePairModel letters, WordTable words, int unknownId, CancellationToken cancellationToken)
    {
        PieceBuffer symbols = new();
        for (int id = 0; id < words.Count; id++)
        {
            if (id % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            symbols.Clear();
            letters.Encode(words.WordAt(id), symbols);
            ReadOnlySpan<int> rest = symbols.Ids;
            while (!rest.IsEmpty)
            {
                int length = unknownId < 0 || rest.IndexOf(unknownId) is not (>= 0 and int gap) ? rest.Length : gap;
                if (length > 1) index.Add(rest[..length], words.CountAt(id));
                rest = rest[Math.Min(length + 1, rest.Length)..];
            }
        }

        index.Order();
    }

    private static string[] ByteLevelAlphabet() =>
        [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.CharacterOf((byte)value)).Order().Select(character => character.ToString())];

    private static string[] Characters(WordTable words, BytePairTrainerOptions options)
    {
        Dictionary<Rune, long> counts = [];
        for (int id = 0; id < words.Count; id++)
        {
            foreach (Rune rune in words.WordAt(id).EnumerateRunes()) counts[rune] = counts.GetValueOrDefault(rune) + words.CountAt(id);
        }

        string[] characters = [.. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key).Take(options.AlphabetLimit)
            .Select(count => count.Key.ToString()).Order(StringComparer.Ordinal)];
        string suffix = options.Form.EndOfWordSuffix;
        return suffix.Length == 0 ? characters : [.. characters, .. characters.Select(character => character + suffix)];
    }
}
