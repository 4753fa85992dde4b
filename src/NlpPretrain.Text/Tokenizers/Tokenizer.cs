using System.Collections.Concurrent;

namespace NlpPretrain.Text;

/// <summary>Turns text to a model's ids and back: normalizer, pre-tokenizer, model, special tokens. Immutable; threads may share it.</summary>
public sealed class Tokenizer
{
    private readonly ConcurrentBag<TokenizerWorkspace> _workspaces = [];
    private readonly Dictionary<string, int> _specialIds = new(StringComparer.Ordinal);
    private readonly List<string> _addedPieces = [];
    private readonly HashSet<int> _specials = [];
    private readonly FrameIds _frame;

    /// <summary>Puts a tokenizer together.</summary>
    /// <param name="model">Cuts words to pieces.</param>
    /// <param name="normalizer">Rewrites the text first. Default null: the text stays as it is.</param>
    /// <param name="preTokenizer">Cuts the text to words. Default null: the text is one word.</param>
    /// <param name="decoder">Joins pieces to text. Default null: pieces follow each other with spaces between.</param>
    /// <param name="frame">Special tokens around texts. Default null: none.</param>
    /// <param name="specialTokens">
    /// Tokens that are found in a text as they are written, before anything else is done to it, and are never cut; those that the model does not have get the ids after the
    /// model's, in this order. The frame's are among them without being named. Default null: those of the frame.
    /// </param>
    /// <exception cref="ArgumentException">A special token is empty.</exception>
    public Tokenizer(TokenModel model, TextNormalizer? normalizer = null, PreTokenizer? preTokenizer = null, TokenDecoder? decoder = null,
        TokenFrame? frame = null, IEnumerable<string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model, Normalizer, PreTokenizer, Decoder, Frame) = (model, normalizer, preTokenizer, decoder, frame ?? TokenFrame.None);
        foreach (string token in specialTokens ?? []) AddSpecial(token);
        _frame = new FrameIds([.. Frame.Start.Select(AddSpecial)], [.. Frame.Between.Select(AddSpecial)], [.. Frame.End.Select(AddSpecial)]);
        Specials = new SpecialTokens(_specialIds);
    }

    /// <summary>The model.</summary>
    public TokenModel Model { get; }

    /// <summary>Rewrites the text first; null where the text stays as it is.</summary>
    public TextNormalizer? Normalizer { get; }

    /// <summary>Cuts the text to words; null where the text is one word.</summary>
    public PreTokenizer? PreTokenizer { get; }

    /// <summary>Joins pieces to text; null where pieces follow each other with spaces between.</summary>
    public TokenDecoder? Decoder { get; }

    /// <summary>Special tokens around texts.</summary>
    public TokenFrame Frame { get; }

    /// <summary>The special tokens with their ids.</summary>
    public IReadOnlyDictionary<string, int> SpecialIds => _specialIds;

    /// <summary>Number of ids: the model's, and those of special tokens that it does not have.</summary>
    public int Count => Model.Count + _addedPieces.Count;

    internal SpecialTokens Specials { get; }

    /// <summary>The piece of an id, of the model or a special token.</summary>
    /// <param name="id">0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string PieceOf(int id)
    {
        if ((uint)id >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(id), id, FormattableString.Invariant($"The tokenizer has the ids 0 to {Count - 1}."));
        return id < Model.Count ? Model.PieceOf(id) : _addedPieces[id - Model.Count];
    }

    /// <summary>The id of a piece, of the model or a special token.</summary>
    /// <param name="piece">Its characters, as the model's files write it.</param>
    /// <param name="id">The id; 0 where there is none.</param>
    /// <returns>Whether there is such a piece.</returns>
    public bool TryGetId(ReadOnlySpan<char> piece, out int id) =>
        Model.TryGetId(piece, out id) || _specialIds.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(piece, out id);

    /// <summary>Encodes a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <exception cref="ArgumentException"><see cref="EncodeOptions.MaxLength"/> has no room for the frame.</exception>
    public TokenizedText Encode(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        TokenizerWorkspace workspace = Rent();
        workspace.Encode(text, options.MatchSpecialTokens, workspace.First);
        TokenizedText encoded = Frames.Join(options, _frame, workspace.First, second: null);
        _workspaces.Add(workspace);
        return encoded;
    }

    /// <summary>Encodes a text without its frame, behind the ids that are there.</summary>
    internal void Encode(ReadOnlySpan<char> text, bool matchSpecialTokens, List<int> ids)
    {
        TokenizerWorkspace workspace = Rent();
        workspace.Encode(text, matchSpecialTokens, workspace.First);
        ids.AddRange(workspace.First.Ids);
        _workspaces.Add(workspace);
    }

    /// <summary>Encodes a pair of texts.</summary>
    /// <param name="first">Any text; segment 0.</param>
    /// <param name="second">Any text; segment 1.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <exception cref="ArgumentException"><see cref="EncodeOptions.MaxLength"/> has no room for the frame.</exception>
    public TokenizedText Encode(ReadOnlySpan<char> first, ReadOnlySpan<char> second, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        TokenizerWorkspace workspace = Rent();
        workspace.Encode(first, options.MatchSpecialTokens, workspace.First);
        workspace.Encode(second, options.MatchSpecialTokens, workspace.Second);
        TokenizedText encoded = Frames.Join(options, _frame, workspace.First, workspace.Second);
        _workspaces.Add(workspace);
        return encoded;
    }

    /// <summary>Encodes texts in parallel; the result does not depend on the number of workers.</summary>
    /// <param name="texts">Any texts.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="workers">Threads, at least 1. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public TokenizedText[] EncodeBatch(IReadOnlyList<string> texts, EncodeOptions? options = null, int? workers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Batch(texts.Count, i => Encode(texts[i], options), workers, cancellationToken);
    }

    /// <summary>Encodes pairs of texts in parallel; the result does not depend on the number of workers.</summary>
    /// <param name="pairs">Pairs of any texts.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="workers">Threads, at least 1. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public TokenizedText[] EncodeBatch(IReadOnlyList<(string First, string Second)> pairs, EncodeOptions? options = null, int? workers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Batch(pairs.Count, i => Encode(pairs[i].First, pairs[i].Second, options), workers, cancellationToken);
    }

    /// <summary>The text of some ids.</summary>
    /// <param name="ids">Ids of pieces and special tokens.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out. Default true.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not one of the tokenizer's.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        List<string> pieces = new(ids.Length);
        foreach (int id in ids)
        {
            if (!skipSpecialTokens || !_specials.Contains(id)) pieces.Add(PieceOf(id));
        }

        return Decoder is null ? string.Join(' ', pieces) : Decoder.Decode(pieces);
    }

    private static TokenizedText[] Batch(int count, Func<int, TokenizedText> encode, int? workers, CancellationToken cancellationToken)
    {
        int threads = workers ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(workers));
        TokenizedText[] encoded = new TokenizedText[count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, count, parallel, i => encoded[i] = encode(i));
        return encoded;
    }

    private int AddSpecial(string token)
    {
        if (string.IsNullOrEmpty(token)) throw new ArgumentException("A special token is empty.", nameof(token));
        if (_specialIds.TryGetValue(token, out int known)) return known;

        if (!Model.TryGetId(token, out int id))
        {
            id = Count;
            _addedPieces.Add(token);
        }

        _specialIds.Add(token, id);
        _specials.Add(id);
        return id;
    }

    private TokenizerWorkspace Rent() => _workspaces.TryTake(out TokenizerWorkspace? workspace) ? workspace : new TokenizerWorkspace(this);
}
