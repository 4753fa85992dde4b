using System.Text;

namespace NlpPretrain.Text;

/// <summary>Joins pieces to words that end where a piece has the end-of-word suffix, with a space between words.</summary>
public sealed class EndOfWordDecoder : TokenDecoder
{
    /// <summary>Creates the decoder.</summary>
    /// <param name="suffix">What the last piece of a word ends with, not empty. Default: <c>&lt;/w&gt;</c>.</param>
    public EndOfWordDecoder(string suffix = "</w>")
    {
        ArgumentException.ThrowIfNullOrEmpty(suffix);
        Suffix = suffix;
    }

    /// <summary>What the last piece of a word ends with.</summary>
    public string Suffix { get; }

    /// <inheritdoc/>
    public override string Decode(IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        StringBuilder text = new();
        for (int i = 0; i < pieces.Count; i++)
        {
            if (!pieces[i].EndsWith(Suffix, StringComparison.Ordinal))
            {
                text.Append(pieces[i]);
                continue;
            }

            text.Append(pieces[i].AsSpan(0, pieces[i].Length - Suffix.Length));
            if (i + 1 < pieces.Count) text.Append(' ');
        }

        return text.ToString();
    }
}
