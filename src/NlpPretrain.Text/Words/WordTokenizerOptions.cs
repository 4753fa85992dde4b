namespace NlpPretrain.Text;

/// <summary>How <see cref="WordTokenizer"/> and <see cref="ChineseTokenizer"/> cut and fold words.</summary>
public sealed record WordTokenizerOptions
{
    /// <summary>Whether to fold words to lower case, by the invariant culture. Default true.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Whether to fold the full-width forms U+FF01 to U+FF5E to ASCII: Ｗｏｒｄ１ is Word1. Default true.</summary>
    public bool FoldWidth { get; init; } = true;

    /// <summary>Whether an apostrophe before a letter goes on with a word: don't, l'homme, 1990's; ’ becomes '. Default true; else it separates.</summary>
    public bool KeepApostrophes { get; init; } = true;

    /// <summary>Whether a single hyphen before a letter or digit goes on with a word. Default false: state-of-the-art is four words.</summary>
    public bool KeepHyphens { get; init; }

    /// <summary>The word that stands for every number (digits, with . or , between them). Default null: numbers stay as they are.</summary>
    public string? NumberToken { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">The number token is empty.</exception>
    public void Validate()
    {
        if (NumberToken is { Length: 0 }) throw new ArgumentException("NumberToken is empty; it must be a word or null (WordTokenizerOptions.NumberToken).");
    }
}
