namespace NlpPretrain.Text;

/// <summary>The rules that every corpus shares for cutting text to passages.</summary>
internal static class PassageText
{
    /// <summary>Length of the first passage of a line: all of it, or the part that <see cref="Passage.MaxLength"/> documents.</summary>
    public static int FirstLength(ReadOnlySpan<char> line)
    {
        if (line.Length <= Passage.MaxLength) return line.Length;

        for (int end = Passage.MaxLength; end > 0; end--)
        {
            if (char.IsWhiteSpace(line[end - 1])) return end;
        }

        return char.IsSurrogatePair(line[Passage.MaxLength - 1], line[Passage.MaxLength]) ? Passage.MaxLength - 1 : Passage.MaxLength;
    }

    /// <summary>The lines of a text, each cut to passages; those without text are left out.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int lineBreak = text.IndexOf('\n', start);
            int next = lineBreak < 0 ? text.Length : lineBreak + 1;
            int end = lineBreak < 0 ? text.Length : lineBreak > start && text[lineBreak - 1] == '\r' ? lineBreak - 1 : lineBreak;
            foreach (string passage in Pieces(start == 0 && end == text.Length ? text : text[start..end])) yield return passage;
            start = next;
        }
    }

    /// <summary>A text cut to passages whatever its line breaks; those without text are left out.</summary>
    public static IEnumerable<string> Pieces(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int length = FirstLength(text.AsSpan(start));
            if (!text.AsSpan(start, length).IsWhiteSpace()) yield return length == text.Length ? text : text.Substring(start, length);
            start += length;
        }
    }
}
