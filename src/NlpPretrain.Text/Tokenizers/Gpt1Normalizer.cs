using System.Text;

namespace NlpPretrain.Text;

/// <summary>GPT-1's standardization of text, then lower case.</summary>
/// <remarks>
/// <para>
/// Dashes become -, the ellipsis three full stops, ´ an apostrophe; a run of one of <c>-~!";?+,)(\/*[]}{|_</c> is set between spaces; white
/// space with a line feed in it becomes one line feed between spaces, other white space one space; none is left at the ends. Lower case is
/// the invariant culture's, character by character.
/// </para>
/// <para>
/// Source: openai/finetune-transformer-lm, text_utils.py, text_standardize, and the lower case of its encode. Differs: ftfy's repair of
/// mojibake, which comes before it there, is not done; İ, which Python makes i with a dot above, stays as it is.
/// </para>
/// </remarks>
public sealed class Gpt1Normalizer : TextNormalizer
{
    private const string Spaced = "-~!\";?+,)(\\/*[]}{|_";

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReplaceMarks(text);
        SpaceRuns(text);
        JoinSpaces(text);
    }

    private static void ReplaceMarks(NormalizedText text)
    {
        text.BeginRewrite();
        ReadOnlySpan<char> source = text.Text;
        Span<char> units = stackalloc char[2];
        for (int at = 0; at < source.Length;)
        {
            if (source[at] is '—' or '–' or '―') text.Write('-', at++, 1);
            else if (source[at] == '´') text.Write('\'', at++, 1);
            else if (source[at] == '…') text.Write("...", at++, 1);
            else
            {
                Rune.DecodeFromUtf16(source[at..], out Rune rune, out int length);
                int written = Rune.ToLowerInvariant(rune).EncodeToUtf16(units);
                if (written == length) WriteEach(text, units[..written], at);
                else text.Write(units[..written], at, length);
                at += length;
            }
        }

        text.EndRewrite();
    }

    private static void WriteEach(NormalizedText text, ReadOnlySpan<char> units, int at)
    {
        for (int i = 0; i < units.Length; i++) text.Write(units[i], at + i, 1);
    }

    private static void SpaceRuns(NormalizedText text)
    {
        text.BeginRewrite();
        ReadOnlySpan<char> source = text.Text;
        for (int at = 0; at < source.Length; at++)
        {
            char character = source[at];
            bool isSpaced = Spaced.Contains(character);
            if (isSpaced && (at == 0 || source[at - 1] != character)) text.Write(' ', at, 0);
            text.Write(character, at, 1);
            if (isSpaced && (at + 1 == source.Length || source[at + 1] != character)) text.Write(' ', at + 1, 0);
        }

        text.EndRewrite();
    }

    private static void JoinSpaces(NormalizedText text)
    {
        text.BeginRewrite();
        ReadOnlySpan<char> source = text.Text;
        int end = source.TrimEnd().Length;
        for (int at = source.Length - source.TrimStart().Length; at < end;)
        {
            if (!char.IsWhiteSpace(source[at]))
            {
                text.Write(source[at], at++, 1);
                continue;
            }

            int start = at;
            while (char.IsWhiteSpace(source[at])) at++;
            text.Write(source[start..at].Contains('\n') ? " \n " : " ", start, at - start);
        }

        text.EndRewrite();
    }
}
