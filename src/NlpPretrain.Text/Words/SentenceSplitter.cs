namespace NlpPretrain.Text;

/// <summary>Cuts text to sentences, English or Chinese, at the places where <see cref="WordTokenizer"/> ends them.</summary>
/// <remarks>
/// <para>
/// ! ? 。 ！ ？ … end a sentence wherever they stand; a stop does where white space or the end of the text follows it, unless a single letter or a common abbreviation stands
/// right before it; a line break always does. Quotation marks and brackets that close right after the end, and further ends, belong to the sentence.
/// </para>
/// </remarks>
public static class SentenceSplitter
{
    /// <summary>Appends the sentences of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="sentences">
    /// Where the sentences go, in order, none empty, without the white space around them; what it already holds is kept.
    /// </param>
    public static void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        AtomScanner scanner = new(text, keepApostrophes: true, keepHyphens: true);
        int start = 0, end = 0;
        bool hasEnded = false;
        for (AtomKind kind = scanner.Read(); kind != AtomKind.End; kind = scanner.Read())
        {
            bool isTail = kind == AtomKind.SentenceEnd || (kind == AtomKind.Symbol && scanner.Start == end && IsCloser(text, scanner.Start));
            if (hasEnded && !isTail)
            {
                Add(text, start, end, sentences);
                start = scanner.Start;
            }

            hasEnded = kind == AtomKind.SentenceEnd || (hasEnded && isTail);
            end = scanner.Start + scanner.Length;
        }

        Add(text, start, end, sentences);
    }

    private static bool IsCloser(ReadOnlySpan<char> text, int index) =>
        CharacterClasses.At(text, index, out _) is CharacterClass.Closer or CharacterClass.Apostrophe;

    private static void Add(ReadOnlySpan<char> text, int start, int end, List<(int Start, int Length)> sentences)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (start < end && char.IsWhiteSpace(text[end - 1])) end--;
        if (start < end) sentences.Add((start, end - start));
    }
}
