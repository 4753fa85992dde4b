using System.Buffers;
using System.Collections.Frozen;

namespace NlpPretrain.Text;

/// <summary>Cuts GPT-1's standardized text to words much as spaCy's English rules do, which GPT-1 was trained with.</summary>
/// <remarks>
/// <para>
/// White space separates words; a line feed is a word. From both ends of what lies between, quotes, brackets and other marks are cut off one
/// by one, runs of full stops whole; then n't, 's, 'm, 're, 've, 'll and 'd from the end. A full stop is cut off the end too, except after
/// a single letter, letters with full stops between, and common abbreviations (mr., etc., jan.).
/// </para>
/// <para>
/// Expects the lower case of <see cref="Gpt1Normalizer"/>. Differs from spaCy: its lists of whole words (gonna, cannot, smileys, addresses of
/// the web) and its cuts inside of words are left out. Hugging Face's library without spaCy, and its fast tokenizer, cut as BERT does.
/// </para>
/// </remarks>
public sealed class Gpt1PreTokenizer : PreTokenizer
{
    private static readonly SearchValues<char> Marks = SearchValues.Create(
        "…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،؛٪'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉$£€¥฿₽﷼₴§%=");

    private static readonly FrozenSet<string> Whole = new[]
    {
        "'s", "'em", "'ll", "'ve", "'re", "'m", "'d", "'nuff", "'cause", "'cos", "'cuz", "'coz", "'bout",
        "mr.", "mrs.", "ms.", "dr.", "st.", "jr.", "sr.", "prof.", "rev.", "gen.", "gov.", "sen.", "rep.", "adm.", "bros.", "co.", "corp.",
        "inc.", "ltd.", "messrs.", "mt.", "vs.", "etc.", "ph.d.", "ave.", "jan.", "feb.", "mar.", "apr.", "jun.", "jul.", "aug.", "sep.",
        "sept.", "oct.", "nov.", "dec.",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> WholeSpans = Whole.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly string[] Endings = ["n't", "'s", "'m", "'re", "'ve", "'ll", "'d"];

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        List<(int Start, int Length)> ends = [];
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            if (char.IsWhiteSpace(text[at]))
            {
                if (text[at++] == '\n') words.Add((start, 1));
                continue;
            }

            while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
            SplitChunk(text, start, at, words, ends);
        }
    }

    private static void SplitChunk(ReadOnlySpan<char> text, int start, int end, List<(int Start, int Length)> words, List<(int Start, int Length)> ends)
    {
        ends.Clear();
        while (start < end)
        {
            ReadOnlySpan<char> chunk = text[start..end];
            if (IsWhole(chunk)) break;

            if (LengthOfMark(chunk) is > 0 and int before)
            {
                words.Add((start, before));
                start += before;
            }
            else if (LengthOfEnd(chunk) is > 0 and int after)
            {
                end -= after;
                ends.Add((end, after));
            }
            else
            {
                break;
            }
        }

        if (start < end) words.Add((start, end - start));
        ends.Reverse();
        words.AddRange(ends);
    }

    private static int LengthOfMark(ReadOnlySpan<char> chunk)
    {
        int stops = chunk.IndexOfAnyExcept('.') is >= 0 and int other ? other : chunk.Length;
        if (stops > 1) return stops;
        return Marks.Contains(chunk[0]) ? 1 : 0;
    }

    private static int LengthOfEnd(ReadOnlySpan<char> chunk)
    {
        if (chunk.Length == 1) return 0;

        int stops = chunk.Length - 1 - chunk.LastIndexOfAnyExcept('.');
        if (stops > 0) return stops > 1 || !IsAbbreviation(chunk) ? stops : 0;

        foreach (string ending in Endings)
        {
            if (chunk.Length > ending.Length && chunk.EndsWith(ending, StringComparison.Ordinal)) return ending.Length;
        }

        return Marks.Contains(chunk[^1]) ? 1 : 0;
    }

    private static bool IsWhole(ReadOnlySpan<char> chunk) => chunk.Length is > 1 and < 8 && WholeSpans.Contains(chunk);

    /// <summary>Letters with a full stop after each.</summary>
    private static bool IsAbbreviation(ReadOnlySpan<char> chunk)
    {
        if (chunk.Length % 2 != 0) return false;

        for (int i = 0; i < chunk.Length; i += 2)
        {
            if (!char.IsLetter(chunk[i]) || chunk[i + 1] != '.') return false;
        }

        return true;
    }
}
