using System.Buffers;

namespace NlpPretrain.Text;

/// <summary>Finds Chinese words by a dictionary in jieba's format: the cut whose words' frequencies have the highest product. Immutable.</summary>
/// <remarks>
/// <para>
/// route(i) = max over dictionary words w that start at i of log f(w) − log F + route(i + |w|), F the sum of all frequencies; from the right
/// to the left. A character where no dictionary word starts is a word with f = 1. Where two words are equally good to
/// the last bit, the longer one is taken. Successive single characters that the dictionary has no word for together are cut again by a
/// <see cref="CharacterTagModel"/>, where one is given. Source: the program jieba 0.42.1, <c>Tokenizer.calc</c> and <c>Tokenizer.__cut_DAG</c>.
/// </para>
/// <para>
/// Differs: letters and digits that belong together (OK, 3.14) are one character to the dictionary, so that no word ends within them; and
/// dictionary and text are folded to lower case and to half width before they are compared.
/// </para>
/// </remarks>
public sealed class ChineseSegmenter
{
    /// <summary>The most characters of a dictionary word.</summary>
    public const int MaxWordLength = 256;

    private readonly PrefixTree _tree;
    private readonly CharacterTagModel? _tags;
    private readonly double _unknown;

    private ChineseSegmenter(PrefixTree tree, int wordCount, long totalFrequency, CharacterTagModel? tags)
    {
        (_tree, WordCount, TotalFrequency, _tags) = (tree, wordCount, totalFrequency, tags);
        _unknown = -PortableLog.Of(totalFrequency);
    }

    /// <summary>Number of words in the dictionary.</summary>
    public int WordCount { get; }

    /// <summary>Sum of the words' frequencies.</summary>
    public long TotalFrequency { get; }

    /// <summary>Reads a dictionary from a file: UTF-8, a line a word, "word frequency tag", the tag may be absent.</summary>
    /// <remarks>Words that are equal after folding are one, and their frequencies are added up. Tags are not used.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="tags">Finds words that the dictionary does not have. Default null: their characters are words.</param>
    /// <exception cref="CorpusException">The file is missing, or not a dictionary: says the line, what was expected and what was found.</exception>
    public static ChineseSegmenter Load(string path, CharacterTagModel? tags = null) => WholeFile.Read(path, (source, name) => Load(source, name, tags));

    /// <summary>Reads a dictionary from a stream, to its end.</summary>
    /// <param name="source">A stream that can be read.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <param name="tags">Finds words that the dictionary does not have. Default null: their characters are words.</param>
    /// <exception cref="CorpusException">The stream does not hold a dictionary.</exception>
    public static ChineseSegmenter Load(Stream source, string name, CharacterTagModel? tags = null)
    {
        PrefixTree tree = new();
        LineReader reader = new(source, name);
        int words = 0;
        long total = 0;
        char[] folded = new char[MaxWordLength];
        while (reader.Read(out ReadOnlySpan<char> line))
        {
            int wordEnd = line.IndexOf(' ');
            ReadOnlySpan<char> rest = wordEnd <= 0 ? default : line[(wordEnd + 1)..];
            int numberEnd = rest.IndexOf(' ');
            ReadOnlySpan<char> number = numberEnd < 0 ? rest : rest[..numberEnd];
            if (number.IsEmpty) throw reader.Error("a word, a space, a frequency and, if any, a space and a tag", line);
            if (!LineReader.TryParseCount(number, out long frequency)) throw reader.Error("a whole frequency of 0 or more after the word", line);
            if (wordEnd > MaxWordLength) throw reader.Error($"words of at most {MaxWordLength} characters", line);
            if (frequency > long.MaxValue - total) throw reader.Error($"frequencies that add up to {long.MaxValue} at most", line);

            Span<char> word = folded.AsSpan(0, wordEnd);
            line[..wordEnd].ToLowerInvariant(word);
            WordForms.FoldWidth(word);

            total += frequency;
            if (frequency == 0) continue;       // as in jieba, no word, though it may be a part of others
            int node = tree.Add(word);
            if (node == PrefixTree.None) throw reader.Error("a dictionary of at most 8,388,607 different word beginnings", line);
            double known = tree[node];
            if (double.IsNaN(known)) words++;
            tree[node] = double.IsNaN(known) ? frequency : known + frequency;
        }

        if (words == 0) throw new CorpusException($"{name} has no word with a frequency above 0; expected a dictionary, a line a word: a word, a space and a frequency.");
        double logTotal = PortableLog.Of(total);
        for (int node = 0; node < tree.Count; node++)
        {
            if (!double.IsNaN(tree[node])) tree[node] = PortableLog.Of(tree[node]) - logTotal;
        }

        tree.Freeze();

        return new ChineseSegmenter(tree, words, total, tags);
    }

    /// <summary>Whether the dictionary has a word.</summary>
    /// <param name="word">A word in lower case and half width.</param>
    public bool Contains(ReadOnlySpan<char> word) => _tree.Contains(word);

    /// <summary>Appends the words of a text: Chinese words, and the words and numbers of other scripts between them.</summary>
    /// <param name="text">Any text; it is folded to lower case and half width to be compared.</param>
    /// <param name="words">Where the words go, in order, not overlapping; what it already holds is kept. White space and the marks that end sentences are in no word.</param>
    public void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        char[] characters = ArrayPool<char>.Shared.Rent(text.Length);
        Span<char> folded = characters.AsSpan(0, text.Length);
        text.ToLowerInvariant(folded);
        WordForms.FoldWidth(folded);

        AtomRun run = new();
        AtomScanner scanner = new(folded, keepApostrophes: true, keepHyphens: true);
        for (AtomKind kind = scanner.Read(); kind != AtomKind.End; kind = scanner.Read())
        {
            if (kind == AtomKind.SentenceEnd || scanner.Start != run.End) AddWords(folded, run, words);
            if (kind != AtomKind.SentenceEnd) run.Add(kind, scanner.Start, scanner.Length);
        }

        AddWords(folded, run, words);
        ArrayPool<char>.Shared.Return(characters);
    }

    private void AddWords(ReadOnlySpan<char> text, AtomRun run, List<(int Start, int Length)> words)
    {
        if (run.Count == 0) return;

        int[] lastAtoms = ArrayPool<int>.Shared.Rent(run.Count);
        Cut(text, run, lastAtoms);
        for (int atom = 0; atom < run.Count; atom = lastAtoms[atom] + 1) words.Add((run.Starts[atom], run.Starts[lastAtoms[atom] + 1] - run.Starts[atom]));
        ArrayPool<int>.Shared.Return(lastAtoms);
        run.Clear();
    }

    /// <summary>Cuts a run of atoms to words.</summary>
    /// <param name="text">The folded text.</param>
    /// <param name="run">The atoms, each starting where the one before ends.</param>
    /// <param name="lastAtoms">Gets, for the atom that starts each word, the number of the atom that ends it; only those entries are set.</param>
    internal void Cut(ReadOnlySpan<char> text, AtomRun run, Span<int> lastAtoms)
    {
        double[] route = ArrayPool<double>.Shared.Rent(run.Count + 1);
        route[run.Count] = 0;
        ReadOnlySpan<int> starts = run.Starts;      // one more than atoms: the end of the last
        for (int first = run.Count - 1; first >= 0; first--)
        {
            double best = double.NegativeInfinity;
            int bestLast = first;
            int at = starts[first];
            PrefixTree.Walk walk = new(_tree, text[at++]);
            for (int last = first; last < run.Count; last++)
            {
                for (int end = starts[last + 1]; at < end; at++) walk.Step(text[at]);
                if (walk.EndsWord)
                {
                    double candidate = walk.Value + route[last + 1];
                    if (candidate >= best) (best, bestLast) = (candidate, last);
                }

                if (!walk.CanGoOn) break;
            }

            route[first] = double.IsNegativeInfinity(best) ? _unknown + route[first + 1] : best;
            lastAtoms[first] = bestLast;
        }

        ArrayPool<double>.Shared.Return(route);
        if (_tags is not null) JoinSingles(text, run, lastAtoms, _tags);
    }

    /// <summary>Cuts successive words of one Chinese character again, where they are no dictionary word together.</summary>
    private void JoinSingles(ReadOnlySpan<char> text, AtomRun run, Span<int> lastAtoms, CharacterTagModel tags)
    {
        int first = 0;
        while (first < run.Count)
        {
            int past = first;
            while (past < run.Count && lastAtoms[past] == past && run.IsHan(past)) past++;
            if (past - first > 1)
            {
                int start = run.Starts[first];
                ReadOnlySpan<char> singles = text[start..run.Starts[past]];
                if (!Contains(singles)) Join(singles, run, first, past, lastAtoms, tags);
            }

            first = past > first ? past : lastAtoms[first] + 1;
        }
    }

    private static void Join(ReadOnlySpan<char> singles, AtomRun run, int first, int past, Span<int> lastAtoms, CharacterTagModel tags)
    {
        byte[] ends = ArrayPool<byte>.Shared.Rent(singles.Length);
        tags.Cut(singles, ends);
        int start = run.Starts[first];
        for (int atom = first, wordStart = first; atom < past; atom++)
        {
            lastAtoms[wordStart] = atom;
            if (ends[run.Starts[atom + 1] - 1 - start] == 1) wordStart = atom + 1;
        }

        ArrayPool<byte>.Shared.Return(ends);
    }
}
