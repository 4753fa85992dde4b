using System.Text;

namespace NlpPretrain.Text;

/// <summary>BERT's model: a word is cut to the longest piece that it starts with, and so on; one that cannot be cut to its end is unknown as a whole.</summary>
/// <remarks>
/// The time of a word is at most its length times that of the longest piece, and no more than <see cref="WordPieceOptions.MaxWordLength"/> code points are looked at.
/// Source: google-research/bert, tokenization.py, WordpieceTokenizer, where the longest word has 200 code points.
/// </remarks>
public sealed class WordPieceModel : TokenModel, IWordCutter
{
    private readonly string[] _pieces;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly PrefixTree _starts = new(), _continuations = new();
    private readonly PieceCache _cache = new();
    private readonly int _unknown;

    /// <summary>Makes a model of its pieces.</summary>
    /// <param name="pieces">The pieces in the order of their ids: all different, none empty, none with a lone surrogate; the unknown piece among them.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <exception cref="TokenizerException">The pieces are not so.</exception>
    public WordPieceModel(IReadOnlyList<string> pieces, WordPieceOptions? options = null)
        : this(pieces, options, "The pieces", firstLine: 0)
    {
    }

    internal WordPieceModel(IReadOnlyList<string> pieces, WordPieceOptions? options, string name, int firstLine)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        Options = options ?? WordPieceOptions.Default;
        ArgumentNullException.ThrowIfNull(Options.Prefix, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.MaxWordLength, 1, nameof(options));

        _pieces = [.. pieces];
        _ids = new Dictionary<string, int>(_pieces.Length, StringComparer.Ordinal);
        _idsBySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int id = 0; id < _pieces.Length; id++)
        {
            string piece = _pieces[id];
            string place = FormattableString.Invariant($"{(firstLine > 0 ? "line" : "piece")} {id + firstLine}");
            if (string.IsNullOrEmpty(piece)) throw TokenizerException.At(name, place, "a piece of at least one character", piece);
            if (!IsWritable(piece)) throw TokenizerException.At(name, place, "a piece without a line break or a lone surrogate", piece);
            if (!_ids.TryAdd(piece, id))
            {
                string first = FormattableString.Invariant($"{(firstLine > 0 ? "line" : "piece")} {_ids[piece] + firstLine}");
                throw TokenizerException.At(name, place, $"pieces that are all different, and {first} has the same", piece);
            }
        }

        if (!_ids.TryGetValue(Options.Unknown, out _unknown))
            throw new TokenizerException($"{name}: expected the unknown piece '{Options.Unknown}' (WordPieceOptions.Unknown) among the {Count} pieces; it is not there.");

        for (int id = 0; id < _pieces.Length; id++)
        {
            string piece = _pieces[id];
            bool continues = piece.StartsWith(Options.Prefix, StringComparison.Ordinal);
            if (continues && piece.Length > Options.Prefix.Length) Add(_continuations, piece.AsSpan(Options.Prefix.Length), id, name);
            Add(_starts, piece, id, name);
        }

        _starts.Freeze();
        _continuations.Freeze();
    }

    /// <summary>How the pieces are written.</summary>
    public WordPieceOptions Options { get; }

    /// <summary>The id of the unknown piece.</summary>
    public int UnknownId => _unknown;

    /// <summary>The pieces in the order of their ids.</summary>
    public IReadOnlyList<string> Pieces => Array.AsReadOnly(_pieces);

    /// <inheritdoc/>
    public override int Count => _pieces.Length;

    /// <inheritdoc/>
    public override string PieceOf(int id) => (uint)id < (uint)_pieces.Length
        ? _pieces[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, FormattableString.Invariant($"The model has the ids 0 to {Count - 1}."));

    /// <inheritdoc/>
    public override bool TryGetId(ReadOnlySpan<char> piece, out int id) => _idsBySpan.TryGetValue(piece, out id);

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, PieceBuffer pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (word.Length > 1) _cache.Encode(word, pieces, this);
        else if (word.Length == 1) Cut(word, pieces);
    }

    void IWordCutter.Cut(ReadOnlySpan<char> word, PieceBuffer pieces) => Cut(word, pieces);

    private void Cut(ReadOnlySpan<char> word, PieceBuffer pieces)
    {
        int before = pieces.Count;
        bool isKnown = !IsTooLong(word);
        for (int start = 0; isKnown && start < word.Length;)
        {
            int length = Longest(start == 0 ? _starts : _continuations, word[start..], out int id);
            isKnown = length > 0;
            if (isKnown) pieces.Add(id, length);
            start += length;
        }

        if (isKnown) return;

        pieces.Truncate(before);
        pieces.Add(_unknown, word.Length);
    }

    /// <summary>Reads a model from a <c>vocab.txt</c>: UTF-8, a piece a line in the order of the ids.</summary>
    /// <remarks>Lines end with LF or CR LF and have at most 1 MiB, all together at most 64 Mi characters in 8 Mi lines; a byte order mark is skipped.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="options">How its pieces are written. Default null: the default options.</param>
    /// <exception cref="TokenizerException">The file cannot be read or is not a vocabulary: says the line, what was expected and what was found.</exception>
    public static WordPieceModel Load(string path, WordPieceOptions? options = null) => VocabularyFile.Read(path, (stream, name) => Load(stream, name, options));

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="source">A stream that can be read.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <param name="options">How its pieces are written. Default null: the default options.</param>
    /// <exception cref="TokenizerException">The stream does not hold a vocabulary.</exception>
    public static WordPieceModel Load(Stream source, string name, WordPieceOptions? options = null) =>
        new(VocabularyFile.ReadPieces(source, name), options, name, firstLine: 1);

    /// <summary>Writes the pieces as a <c>vocab.txt</c>. An older file is replaced at the end.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, Save);
    }

    /// <summary>Writes the pieces to a stream, which stays open.</summary>
    /// <param name="target">A stream that can be written.</param>
    public void Save(Stream target) => VocabularyFile.Write(target, _pieces);

    private static bool IsWritable(string piece) => WordVocabulary.CanHold(piece);

    private static void Add(PrefixTree tree, ReadOnlySpan<char> piece, int id, string name)
    {
        int node = tree.Add(piece);
        if (node == PrefixTree.None) throw new TokenizerException($"{name}: expected pieces with at most 8 million different beginnings; there are more.");
        tree[node] = id;
    }

    private static int Longest(PrefixTree tree, ReadOnlySpan<char> text, out int id)
    {
        int longest = 0;
        id = 0;
        PrefixTree.Walk walk = new(tree, text[0]);
        for (int i = 1; ; i++)
        {
            if (walk.EndsWord) (longest, id) = (i, (int)walk.Value);
            if (!walk.CanGoOn || i == text.Length) return longest;
            walk.Step(text[i]);
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= Options.MaxWordLength) return false;
        if (word.Length > 2L * Options.MaxWordLength) return true;

        int codePoints = 0;
        foreach (Rune _ in word.EnumerateRunes()) codePoints++;
        return codePoints > Options.MaxWordLength;
    }
}
