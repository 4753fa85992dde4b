namespace NlpPretrain.Text;

/// <summary>Foldings that change characters in place.</summary>
internal static class WordForms
{
    private const char FirstFullWidth = '\uFF01', LastFullWidth = '\uFF5E';

    /// <summary>Folds the full-width forms of ASCII's characters.</summary>
    internal static void FoldWidth(Span<char> text)
    {
        int at = text.IndexOfAnyInRange(FirstFullWidth, LastFullWidth);
        while (at >= 0)
        {
            text[at] = (char)(text[at] - FirstFullWidth + '!');
            text = text[(at + 1)..];
            at = text.IndexOfAnyInRange(FirstFullWidth, LastFullWidth);
        }
    }

    /// <summary>Makes ’ to ' and takes soft hyphens out.</summary>
    /// <returns>The new length.</returns>
    internal static int Clean(Span<char> word)
    {
        int length = 0;
        foreach (char character in word)
        {
            if (character != CharacterClasses.SoftHyphen) word[length++] = character == CharacterClasses.TypographicApostrophe ? '\'' : character;
        }

        return length;
    }
}
