using NlpPretrain.Initialization;
using NlpPretrain.Text;

namespace NlpPretrain.Bert;

/// <summary>The sequences of pretraining, made of documents: two segments of sentences, half of them true neighbours, with some tokens masked.</summary>
/// <remarks>
/// <para>
/// The corpus is tokenized and cut to sequences once, to temporary files that are deleted with this object; masks are drawn when a sequence is read, by the seed, the sequence's number and, unless
/// they are static, the epoch. Equal seeds give equal sequences at any number of workers. Memory grows by 4 bytes a sequence.
/// </para>
/// <para>One thread at a time may read.</para>
/// <para>Source: Devlin et al. 2019, section 3.1; google-research/bert, create_pretraining_data.py. What differs is said in <see cref="BertDataOptions"/> and where it is done.</para>
/// </remarks>
public sealed class BertPretrainingData : IDisposable
{
    private const ulong MaskStream = 0x4D41534B;
    private const string Start = "[CLS]", Separator = "[SEP]", Mask = "[MASK]";

    private readonly SequenceFile _file;
    private readonly TokenMasker _masker;
    private readonly int[] _segments, _places, _labels;
    private readonly ulong _seed;

    private BertPretrainingData(SequenceFile file, TokenMasker masker, BertDataOptions options, ulong seed)
    {
        (_file, _masker, _seed, Options) = (file, masker, seed, options);
        _segments = new int[options.SequenceLength];
        _places = new int[options.MostPredictions];
        _labels = new int[options.MostPredictions];
    }

    /// <summary>How the sequences were made.</summary>
    public BertDataOptions Options { get; }

    /// <summary>Number of sequences, those of all duplicates.</summary>
    public int Count => _file.Lengths.Length;

    /// <summary>Tokens of each sequence, the frame's among them.</summary>
    public ReadOnlySpan<int> Lengths => _file.Lengths;

    /// <summary>Makes the sequences of a corpus.</summary>
    /// <param name="corpus">The documents; each should have several sentences.</param>
    /// <param name="tokenizer">Has the special tokens [CLS], [SEP] and [MASK].</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="seed">Seed of every random choice. Default 1.</param>
    /// <param name="workers">Threads that tokenize, at least 1; the sequences do not depend on them. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the tokenizer lacks a special token.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read, has no text, or has fewer documents or sentences than pairs of them need.</exception>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static BertPretrainingData Create(
        ICorpus corpus, Tokenizer tokenizer, BertDataOptions? options = null, ulong seed = 1, int? workers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new BertDataOptions();
        Check(tokenizer, options);
        int threads = workers ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(workers));
        TokenMasker masker = new(options, IdOf(tokenizer, Mask), Ordinary(tokenizer));
        int start = IdOf(tokenizer, Start), separator = IdOf(tokenizer, Separator);
        SentenceFileOptions cut = new() { SplitsPassages = options.SplitsSentences, ChineseWords = options.ChineseWords, Workers = threads };
        using SentenceFile sentences = SentenceFile.Create(corpus, tokenizer, cut, cancellationToken);
        RequirePairs(sentences);
        return new(SequenceFile.Create(sentences, new SequenceCutter(sentences, options, seed), options, start, separator, cancellationToken), masker, options, seed);
    }

    /// <summary>Reads a sequence with the masks of an epoch.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <param name="epoch">Which masks, at least 0; of no effect where they are static. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or the epoch is negative.</exception>
    public BertExample Read(int index, long epoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        MaskedSequence masked = Draw(index, epoch);
        return new BertExample(masked.Ids.ToArray(), masked.Segments.ToArray(), masked.Places.ToArray(), masked.Labels.ToArray(), masked.IsNext);
    }

    /// <summary>Fills a batch with sequences; with memory for the longest, it allocates nothing.</summary>
    internal void Fill(BertBatch batch, ReadOnlySpan<int> indices, long epoch)
    {
        int longest = 0;
        foreach (int index in indices) longest = Math.Max(longest, Lengths[index]);
        batch.Begin(indices.Length, longest, indices.Length * Options.MostPredictions);
        foreach (int index in indices)
        {
            MaskedSequence masked = Draw(index, epoch);
            batch.Add(masked.Ids, masked.Segments, masked.Places, masked.Labels, masked.IsNext);
        }
    }

    /// <summary>Checks what does not depend on the corpus.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the tokenizer does not serve.</exception>
    internal static void Check(Tokenizer tokenizer, BertDataOptions options)
    {
        options.Validate();
        foreach (string token in (ReadOnlySpan<string>)[Start, Separator, Mask]) IdOf(tokenizer, token);
        if (options.WholeWords && tokenizer.Model is not WordPieceModel)
        {
            throw new ArgumentException($"WholeWords needs a tokenizer of word pieces, whose pieces say where words begin; this one is a {tokenizer.Model.GetType().Name} " +
                "(BertDataOptions.WholeWords).", nameof(tokenizer));
        }
    }

    /// <summary>Deletes the temporary files.</summary>
    public void Dispose() => _file.Dispose();

    private MaskedSequence Draw(int index, long epoch)
    {
        Span<int> tokens = _file.Read(index, out int second, out bool isNext);
        ulong number = (ulong)index + (Options.IsStatic ? 0 : (ulong)epoch * (ulong)Count);
        int count = _masker.Mask(new RandomStream(_seed, MaskStream, number), tokens, second, _places, _labels);
        Span<int> segments = _segments.AsSpan(0, tokens.Length);
        segments[..second].Clear();
        segments[second..].Fill(1);
        return new MaskedSequence { Ids = tokens, Segments = segments, Places = _places.AsSpan(0, count), Labels = _labels.AsSpan(0, count), IsNext = isNext };
    }

    private static int IdOf(Tokenizer tokenizer, string token) => tokenizer.SpecialIds.TryGetValue(token, out int id) ? id : throw new ArgumentException(
        $"The tokenizer has no special token {token}; pretraining needs {Start}, {Separator} and {Mask}, and this one has " +
        $"{(tokenizer.SpecialIds.Count == 0 ? "none" : string.Join(", ", tokenizer.SpecialIds.OrderBy(pair => pair.Value).Select(pair => pair.Key)))}. " +
        "Train its vocabulary with them (WordPieceTrainerOptions.SpecialTokens) and make it by BertTokenizer.Create.", nameof(tokenizer));

    private static int[] Ordinary(Tokenizer tokenizer)
    {
        HashSet<int> special = [.. tokenizer.SpecialIds.Values];
        int[] ordinary = [.. Enumerable.Range(0, tokenizer.Count).Where(id => !special.Contains(id))];
        return ordinary.Length > 0 ? ordinary : throw new ArgumentException($"All {tokenizer.Count} tokens of the tokenizer are special ones; there is nothing to learn.", nameof(tokenizer));
    }

    private static void RequirePairs(SentenceFile sentences)
    {
        const string Where = "say where documents end (TextFileCorpus.Boundary, or a corpus of your own), and how passages are cut (BertDataOptions.SplitsSentences)";
        if (sentences.DocumentCount == 0) throw new CorpusException("The corpus has no text; there is nothing to train on or to evaluate.");
        if (sentences.DocumentCount == 1)
        {
            throw new CorpusException($"The corpus has one document, of {sentences.SentenceCount} sentences; half of the second sentences come from another document, so at least 2 are needed. " +
                $"Add documents, or {Where}.");
        }

        if (sentences.SentenceCount == sentences.DocumentCount)
        {
            throw new CorpusException($"Each of the {sentences.DocumentCount} documents of the corpus has one sentence; half of the second sentences follow the first in its document, " +
                $"so at least one document needs 2. Add longer documents, or {Where}.");
        }
    }

    private readonly ref struct MaskedSequence
    {
        internal required ReadOnlySpan<int> Ids { get; init; }

        internal required ReadOnlySpan<int> Segments { get; init; }

        internal required ReadOnlySpan<int> Places { get; init; }

        internal required ReadOnlySpan<int> Labels { get; init; }

        internal required bool IsNext { get; init; }
    }
}
