using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>BERT's normalization, each part a switch: cleaning, spaces around Chinese characters, accents, lower case.</summary>
/// <remarks>
/// Each code point is rewritten by itself, so that the time is linear in the text whatever it is.
/// <list type="bullet">
/// <item>Cleaning drops U+0000, U+FFFD, lone surrogates and the categories Cc and Cf but tab and line breaks, and makes tab, line breaks and Zs a space.</item>
/// <item>Accents go by canonical decomposition (NFD), of which characters of category Mn are dropped. What is left stays decomposed.</item>
/// <item>Lower case is the invariant one, İ being i and a combining dot.</item>
/// </list>
/// Source: google-research/bert, tokenization.py, BasicTokenizer. Differs: Σ at the end of a word becomes σ, not ς, as in Hugging Face's tokenizers; spacing marks
/// (Mc) keep the order they are written in; without cleaning a lone surrogate is kept, and is in no vocabulary.
/// </remarks>
public sealed class BertNormalizer : TextNormalizer
{
    private const char Unknown = '\0', NotOne = '\uFFFF';

    // By UTF-16 unit: the one unit that it becomes, or that this is not known yet, or that it becomes another number of units.
    private readonly char[] _simple = new char[char.MaxValue + 1];
    private readonly string?[] _others = new string?[char.MaxValue + 1];
    private readonly ConcurrentDictionary<int, string> _astral = new();

    /// <summary>Whether control characters are dropped and white space becomes spaces. Default true.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Whether Chinese characters get spaces around them, so that each is a word. Default true.</summary>
    public bool SpaceChinese { get; init; } = true;

    /// <summary>Whether letters lose their accents. Default null: as <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether letters become lower case. Default true.</summary>
    public bool LowerCase { get; init; } = true;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> source = text.Text;
        text.BeginRewrite();
        for (int i = 0; i < source.Length; i++)
        {
            char character = source[i];
            char simple = _simple[character];
            if (simple == Unknown) simple = Learn(character);
            if (simple != NotOne)
            {
                text.Write(simple, i, 1);
            }
            else if (SpaceChinese && IsPlainChinese(character))
            {
                text.WriteSpaced(character, i);
            }
            else if (i + 1 < source.Length && char.IsSurrogatePair(character, source[i + 1]))
            {
                text.Write(_astral.GetOrAdd(char.ConvertToUtf32(character, source[i + 1]), RewriteAstral), i, 2);
                i++;
            }
            else
            {
                text.Write(_others[character] ?? RewriteUnit(character), i, 1);   // null where another thread's writes arrive out of order
            }
        }

        text.EndRewrite();
    }

    /// <summary>Whether BERT takes a code point as a Chinese character: the ideographs, without Japanese and Korean syllables.</summary>
    internal static bool IsChinese(int codePoint) => codePoint
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    // Those that are themselves in lower case and in any decomposition.
    private static bool IsPlainChinese(char character) => character is (>= '\u4E00' and <= '\u9FFF') or (>= '\u3400' and <= '\u4DBF');

    private char Learn(char character)
    {
        string rewritten = RewriteUnit(character);
        char simple = rewritten.Length == 1 && rewritten[0] is not (Unknown or NotOne) && !char.IsSurrogate(character) ? rewritten[0] : NotOne;
        _others[character] = rewritten;
        _simple[character] = simple;
        return simple;
    }

    private string RewriteUnit(char character) =>
        !char.IsSurrogate(character) ? Rewrite(new Rune(character)) : CleanText ? "" : character.ToString();

    private string RewriteAstral(int codePoint) => Rewrite(new Rune(codePoint));

    private string Rewrite(Rune rune)
    {
        if (CleanText)
        {
            if (IsDropped(rune)) return "";
            if (IsSpace(rune)) return " ";
        }

        bool stripsAccents = StripAccents ?? LowerCase;
        string decomposed = stripsAccents ? Unaccented.Of(rune) : rune.ToString();
        StringBuilder result = new();
        foreach (Rune part in decomposed.EnumerateRunes())
        {
            if (stripsAccents && Rune.GetUnicodeCategory(part) == UnicodeCategory.NonSpacingMark) continue;
            if (!LowerCase) result.Append(part.ToString());
            else if (part.Value == 'İ') result.Append("i\u0307");
            else result.Append(Rune.ToLowerInvariant(part).ToString());
        }

        return SpaceChinese && IsChinese(rune.Value) ? $" {result} " : result.ToString();
    }

    private static bool IsDropped(Rune rune) => rune.Value is 0 or 0xFFFD || (rune.Value is not ('\t' or '\n' or '\r') &&
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format);

    private static bool IsSpace(Rune rune) =>
        rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;
}
