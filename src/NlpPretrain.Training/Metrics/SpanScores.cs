using System.Text;
using System.Text.RegularExpressions;
using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>One extracted answer beside one right answer.</summary>
internal static partial class SpanScores
{
    private const int FirstIdeograph = 0x4E00, LastIdeograph = 0x9FFF, FirstExtension = 0x3400, LastExtension = 0x4DBF, FirstSupplement = 0x20000, LastSupplement = 0x3FFFF;

    /// <summary>The text of a right answer.</summary>
    /// <exception cref="ArgumentException">The answer is not in its context.</exception>
    public static string TextOf(SpanExample example, Range answer, int index)
    {
        (int start, int end) = (answer.Start.GetOffset(example.Context.Length), answer.End.GetOffset(example.Context.Length));
        return start >= 0 && start < end && end <= example.Context.Length ? example.Context[start..end] : throw new ArgumentException(FormattableString.Invariant(
            $"Example {index} has an answer from {start} to {end}; its context has {example.Context.Length} characters, and an answer has at least one of them (SpanExample.Answers)."));
    }

    public static string PredictedText(SpanExample example, Range place)
    {
        (int start, int end) = (place.Start.GetOffset(example.Context.Length), place.End.GetOffset(example.Context.Length));
        return start >= 0 && start <= end && end <= example.Context.Length ? example.Context[start..end]
            : throw new InvalidOperationException(FormattableString.Invariant($"The model answered {start} to {end} of a context of {example.Context.Length} characters."));
    }

    /// <summary>Lower case, then no punctuation, then no articles, then single spaces.</summary>
    public static string Normalize(string answer)
    {
        StringBuilder kept = new(answer.Length);
        foreach (char c in answer.ToLowerInvariant())
        {
            if (!(char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))) kept.Append(c);
        }

        return string.Join(' ', Articles().Replace(kept.ToString(), " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    public static double Exact(string right, string answer) => Normalize(right) == Normalize(answer) ? 1 : 0;

    /// <summary>2·p·r/(p + r) of the words that both have; without words on either side, 1 where neither has any.</summary>
    public static double F1(string right, string answer)
    {
        List<string> expected = Words(right), found = Words(answer);
        if (expected.Count == 0 || found.Count == 0) return expected.Count == found.Count ? 1 : 0;

        List<string> left = [.. expected];
        int common = found.Count(left.Remove);
        if (common == 0) return 0;

        double precision = (double)common / found.Count, recall = (double)common / expected.Count;
        return 2 * precision * recall / (precision + recall);
    }

    private static List<string> Words(string answer)
    {
        List<string> words = [];
        foreach (string part in Normalize(answer).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int start = 0, at = 0;
            foreach (Rune rune in part.EnumerateRunes())
            {
                if (IsIdeograph(rune.Value))
                {
                    if (at > start) words.Add(part[start..at]);
                    words.Add(rune.ToString());
                    start = at + rune.Utf16SequenceLength;
                }

                at += rune.Utf16SequenceLength;
            }

            if (start < part.Length) words.Add(part[start..]);
        }

        return words;
    }

    private static bool IsIdeograph(int value) => value is (>= FirstIdeograph and <= LastIdeograph) or (>= FirstExtension and <= LastExtension) or (>= FirstSupplement and <= LastSupplement);

    [GeneratedRegex(@"\b(a|an|the)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Articles();
}
