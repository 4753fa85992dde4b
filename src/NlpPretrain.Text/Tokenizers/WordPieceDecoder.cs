using System.Text;

namespace NlpPretrain.Text;

/// <summary>Joins word pieces: a space before each but those that go on with a word, whose prefix goes.</summary>
/// <param name="prefix">What marks a piece that goes on with a word. Default <c>##</c>.</param>
/// <param name="cleanUp">
/// Whether English is closed up, as Hugging Face's decoder does it: no space before <c>. ? ! , n't 'm 's 've 're</c>, each as a piece of its own.
/// Default true.
/// </param>
public sealed class WordPieceDecoder(string prefix = WordPieceOptions.DefaultPrefix, bool cleanUp = true) : TokenDecoder
{
    /// <summary>What marks a piece that goes on with a word.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Whether English is closed up.</summary>
    public bool CleanUp { get; } = cleanUp;

    /// <inheritdoc/>
    public override string Decode(IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        StringBuilder text = new();
        for (int i = 0; i < pieces.Count; i++)
        {
            string piece = pieces[i];
            if (i > 0 && Prefix.Length > 0 && piece.StartsWith(Prefix, StringComparison.Ordinal)) text.Append(CleanUp ? Close(piece[Prefix.Length..]) : piece[Prefix.Length..]);
            else text.Append(CleanUp ? Close(i == 0 ? piece : $" {piece}") : i == 0 ? piece : $" {piece}");
        }

        return text.ToString();
    }

    // Token by token, as the published decoder does: what it closes up stands in one token with the space before it.
    private static string Close(string token) => token
        .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal).Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" do not", " don't", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal).Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}
