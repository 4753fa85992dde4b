namespace NlpPretrain.Elmo;

/// <summary>Where words stand in the text that they were cut from, whatever the tokenizer folded.</summary>
/// <remarks>
/// From left to right, each word is the next stretch of the text that is equal to it but for letter case, full-width forms, typographic apostrophes and soft hyphens. A word that is not there,
/// such as one that stands for every number, is the next run of letters and digits.
/// </remarks>
internal static class WordPlaces
{
    private const char SoftHyphen = '\u00AD', TypographicApostrophe = '\u2019', FirstFullWidth = '\uFF01', LastFullWidth = '\uFF5E';

    public static (int Start, int End)[] Find(ReadOnlySpan<char> text, ReadOnlySpan<string> words)
    {
        (int Start, int End)[] places = new (int, int)[words.Length];
        int from = 0;
        for (int i = 0; i < words.Length; i++)
        {
            (int Start, int End) place = Find(text, from, words[i]);
            places[i] = place.Start < 0 ? NextRun(text, from) : place;
            from = places[i].End;
        }

        return places;
    }

    private static (int Start, int End) Find(ReadOnlySpan<char> text, int from, ReadOnlySpan<char> word)
    {
        for (int start = from; start < text.Length; start++)
        {
            int end = EndOf(text, start, word);
            if (end > start) return (start, end);
        }

        return (-1, -1);
    }

    /// <summary>Where a word ends that starts here, or −1 where another does.</summary>
    private static int EndOf(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> word)
    {
        int at = start;
        foreach (char character in word)
        {
            while (at > start && at < text.Length && text[at] == SoftHyphen && character != SoftHyphen) at++;
            if (at == text.Length || Fold(text[at]) != Fold(character)) return -1;
            at++;
        }

        return at;
    }

    private static char Fold(char character) => character == TypographicApostrophe ? '\''
        : char.ToLowerInvariant(character is >= FirstFullWidth and <= LastFullWidth ? (char)(character - FirstFullWidth + '!') : character);

    private static (int Start, int End) NextRun(ReadOnlySpan<char> text, int from)
    {
        int start = from;
        while (start < text.Length && !char.IsLetterOrDigit(text[start])) start++;
        if (start == text.Length) return (from, from);

        int end = start + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || IsWithinNumber(text, end))) end++;
        return (start, end);
    }

    private static bool IsWithinNumber(ReadOnlySpan<char> text, int at) => text[at] is '.' or ',' && char.IsDigit(text[at - 1]) && at + 1 < text.Length && char.IsDigit(text[at + 1]);
}
