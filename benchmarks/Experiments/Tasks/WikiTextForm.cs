using System.Text;

namespace NlpPretrain.Experiments;

/// <summary>Writes plain text the way WikiText-2 is written, so that a model that was trained on it meets what it knows: punctuation stands alone, and "x-y" is "x @-@ y".</summary>
internal static class WikiTextForm
{
    public static string Of(string text)
    {
        StringBuilder spaced = new(" ", text.Length + 32);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i], before = i > 0 ? text[i - 1] : ' ', after = i + 1 < text.Length ? text[i + 1] : ' ';
            bool isInNumber = char.IsDigit(before) && char.IsDigit(after), isInWord = char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after);
            if (c is ',' or '.' && isInNumber) spaced.Append(" @").Append(c).Append("@ ");
            else if (c == '-' && isInWord) spaced.Append(" @-@ ");
            else if (c == '\'' && isInWord) spaced.Append(" '");
            else if (c == '.' ? IsEndOfSentence(text, i) : char.IsPunctuation(c) && c is not ('\'' or '@' or '.' or '-' or '_') || c is '$' or '+' or '=') spaced.Append(' ').Append(c).Append(' ');
            else spaced.Append(c);
        }

        return " " + string.Join(' ', spaced.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A full stop behind a word without another, and not behind an initial.</summary>
    private static bool IsEndOfSentence(string text, int at)
    {
        int start = text.LastIndexOf(' ', at) + 1;
        return (at + 1 == text.Length || text[at + 1] is ' ' or '"' or '\'' or ')') && at - start > 1 && text.IndexOf('.', start) == at;
    }
}
