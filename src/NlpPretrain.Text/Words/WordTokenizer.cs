namespace NlpPretrain.Text;

/// <summary>Cuts English, and other text whose words are runs of letters, to words and sentences, by Unicode's categories.</summary>
/// <remarks>
/// <para>
/// A word is a letter or digit and the letters, digits and marks that follow it, of any plane; inside it an apostrophe or a hyphen where the
/// options say so, a stop or comma between two digits (3.14, 1,000), and zero-width joiners; soft hyphens are left out. Each Chinese character
/// is a word of its own: <see cref="ChineseTokenizer"/> finds Chinese words. Kana, Hangul, Thai and the like are cut at what is no letter.
/// Everything else separates words and is left out.
/// </para>
/// <para>
/// A sentence ends at !, ?, 。, …, their full-width and double forms, and at line breaks; at a stop where white space or the end of the
/// text follows it, closing quotation marks and brackets left aside, but not right after a single letter (J. Smith, U.S.) or a common English
/// abbreviation (Dr., vs., Fig.). No other language's abbreviations are known, and no letter case is looked at.
/// </para>
/// </remarks>
public sealed class WordTokenizer : IWordTokenizer
{
    /// <summary>Creates a tokenizer.</summary>
    /// <param name="options">How to cut and fold. Default null: the default options.</param>
    public WordTokenizer(WordTokenizerOptions? options = null)
    {
        Options = options ?? new WordTokenizerOptions();
        Options.Validate();
    }

    /// <summary>How words are cut and folded.</summary>
    public WordTokenizerOptions Options { get; }

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> text, WordBuffer words)
    {
        ArgumentNullException.ThrowIfNull(words);

        int numberLength = Options.NumberToken?.Length ?? 0;
        int number = words.AddText(Options.NumberToken, lowerCase: false);
        int origin = words.AddText(text, Options.LowerCase);
        Span<char> folded = words.TextAt(origin, text.Length);
        if (Options.FoldWidth) WordForms.FoldWidth(folded);

        AtomScanner scanner = new(folded, Options.KeepApostrophes, Options.KeepHyphens);
        for (AtomKind kind = scanner.Read(); kind != AtomKind.End; kind = scanner.Read())
        {
            switch (kind)
            {
                case AtomKind.Number when numberLength > 0:
                    words.AddWord(number, numberLength);
                    break;
                case AtomKind.Word or AtomKind.Number or AtomKind.Han:
                    int length = scanner.NeedsCleaning ? WordForms.Clean(folded.Slice(scanner.Start, scanner.Length)) : scanner.Length;
                    words.AddWord(origin + scanner.Start, length);
                    break;
                case AtomKind.SentenceEnd:
                    words.EndSentence();
                    break;
            }
        }

        words.EndSentence();
    }
}
