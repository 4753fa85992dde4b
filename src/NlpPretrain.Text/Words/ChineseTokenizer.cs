using System.Buffers;

namespace NlpPretrain.Text;

/// <summary>Cuts Chinese text, and text of other languages within it, to words and sentences: <see cref="WordTokenizer"/> with Chinese words.</summary>
/// <remarks>
/// Words of letters and digits and the ends of sentences are those of <see cref="WordTokenizer"/>. A symbol is left out, unless it is within a
/// dictionary word that stands in the text as a whole (C++, AT&amp;T).
/// </remarks>
public sealed class ChineseTokenizer : IWordTokenizer
{
    [ThreadStatic]
    private static AtomRun? _spareRun;

    private readonly ChineseSegmenter _segmenter;

    /// <summary>Creates a tokenizer.</summary>
    /// <param name="segmenter">Finds the Chinese words.</param>
    /// <param name="options">How to cut and fold the rest. Default null: the default options.</param>
    public ChineseTokenizer(ChineseSegmenter segmenter, WordTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(segmenter);
        _segmenter = segmenter;
        Options = options ?? new WordTokenizerOptions();
        Options.Validate();
    }

    /// <summary>How words are cut and folded.</summary>
    public WordTokenizerOptions Options { get; }

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> text, WordBuffer words)
    {
        ArgumentNullException.ThrowIfNull(words);

        // The dictionary is compared with text that is folded in full, whatever the words are to look like.
        bool isFoldedInFull = Options.LowerCase && Options.FoldWidth;
        int number = words.AddText(Options.NumberToken, lowerCase: false);
        int shown = isFoldedInFull ? -1 : words.AddText(text, Options.LowerCase);
        int folded = words.AddText(text, lowerCase: true);
        Span<char> matched = words.TextAt(folded, text.Length);
        WordForms.FoldWidth(matched);
        if (isFoldedInFull) shown = folded;
        else if (Options.FoldWidth) WordForms.FoldWidth(words.TextAt(shown, text.Length));

        AtomRun run = _spareRun ?? new AtomRun();
        _spareRun = null;
        run.Clear();
        Output output = new(words, words.TextAt(shown, text.Length), shown, number, Options.NumberToken?.Length ?? 0);
        AtomScanner scanner = new(matched, Options.KeepApostrophes, Options.KeepHyphens);
        for (AtomKind kind = scanner.Read(); kind != AtomKind.End; kind = scanner.Read())
        {
            if (kind == AtomKind.SentenceEnd)
            {
                Flush(matched, run, output);
                words.EndSentence();
                continue;
            }

            if (scanner.Start != run.End) Flush(matched, run, output);
            run.Add(kind, scanner.Start, scanner.Length);
        }

        Flush(matched, run, output);
        words.EndSentence();
        _spareRun = run;
    }

    private void Flush(ReadOnlySpan<char> text, AtomRun run, Output output)
    {
        if (run.Count == 0) return;

        int[] lastAtoms = ArrayPool<int>.Shared.Rent(run.Count);
        _segmenter.Cut(text, run, lastAtoms);
        for (int atom = 0; atom < run.Count; atom = lastAtoms[atom] + 1)
        {
            int last = lastAtoms[atom];
            AtomKind kind = last > atom ? AtomKind.Word : run.KindOf(atom);
            output.Add(kind, run.Starts[atom], run.Starts[last + 1] - run.Starts[atom]);
        }

        ArrayPool<int>.Shared.Return(lastAtoms);
        run.Clear();
    }

    private readonly ref struct Output(WordBuffer words, Span<char> text, int origin, int number, int numberLength)
    {
        private readonly Span<char> _text = text;

        internal void Add(AtomKind kind, int start, int length)
        {
            if (kind == AtomKind.Number && numberLength > 0) words.AddWord(number, numberLength);
            else if (kind == AtomKind.Han) words.AddWord(origin + start, length);
            else if (kind != AtomKind.Symbol) words.AddWord(origin + start, WordForms.Clean(_text.Slice(start, length)));
        }
    }
}
