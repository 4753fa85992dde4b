namespace NlpPretrain.Text;

/// <summary>GPT-2's cut of text to words, in which a word has the space before it.</summary>
/// <remarks>
/// <para>
/// The pattern <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, by hand over characters: letters and
/// digits above U+FFFF count as such; a lone surrogate is one of "the others", as U+FFFD, which it is encoded as, is. Every unit of the
/// text is in a word. Time linear in the text.
/// </para>
/// <para>Source: openai/gpt-2, encoder.py.</para>
/// </remarks>
public sealed class ByteLevelPreTokenizer : PreTokenizer
{
    /// <summary>Whether the text is cut to words. Default true; false leaves it one word: <c>use_regex</c> false.</summary>
    public bool CutsWords { get; init; } = true;

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (!CutsWords)
        {
            if (text.Length > 0) words.Add((0, text.Length));
            return;
        }

        for (int at = 0; at < text.Length;)
        {
            int length = LengthOfWord(text, at);
            words.Add((at, length));
            at += length;
        }
    }

    private static int LengthOfWord(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && LengthOfContraction(text[start..]) is > 0 and int contraction) return contraction;

        int at = start;
        RuneClass kind = RuneClasses.At(text, at, out int length);
        if (text[at] == ' ' && at + 1 < text.Length)
        {
            RuneClass next = RuneClasses.At(text, at + 1, out int lengthOfNext);
            if (next != RuneClass.Space) (kind, length) = (next, 1 + lengthOfNext);
        }

        at += length;
        while (at < text.Length && RuneClasses.At(text, at, out length) == kind) at += length;

        // Of several spaces, the last before a word is left to it.
        return kind == RuneClass.Space && at < text.Length && at - start > 1 ? at - start - 1 : at - start;
    }

    private static int LengthOfContraction(ReadOnlySpan<char> text)
    {
        if (text.Length < 2) return 0;
        if (text[1] is 's' or 't' or 'm' or 'd') return 2;
        return text.Length > 2 && text[1..3] is "re" or "ve" or "ll" ? 3 : 0;
    }
}
