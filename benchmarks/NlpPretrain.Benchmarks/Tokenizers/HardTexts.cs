using System.Text;

namespace NlpPretrain.Benchmarks.Tokenizers;

/// <summary>Texts that have made tokenizers slow: few words, or one, and characters that most tables leave out.</summary>
internal static class HardTexts
{
    /// <summary>Each text's name, and what makes it as long as said, in bytes of UTF-8.</summary>
    public static IReadOnlyList<(string Name, Func<int, string> Make)> All { get; } =
    [
        ("letter", bytes => new string('a', bytes)),
        ("spaces", bytes => new string(' ', bytes)),
        ("carets", bytes => new string('^', bytes)),
        ("chinese", bytes => FromRange(bytes, 0x4E00, 0x9FA5, 1)),
        ("emoji", bytes => Repeat("\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466\u200D", bytes)),
        ("marks", bytes => FromRange(bytes, 0x300, 0x36F, 2)),
        ("bytes", bytes => FromRange(bytes, 0, 0xFF, 3)),
    ];

    private static string Repeat(string unit, int bytes)
    {
        StringBuilder text = new();
        for (int left = bytes; left > 0; left -= Encoding.UTF8.GetByteCount(unit)) text.Append(unit);
        return text.ToString();
    }

    private static string FromRange(int bytes, int first, int last, int seed)
    {
        Random random = new(seed);
        StringBuilder text = new();
        for (int left = bytes; left > 0;)
        {
            Rune rune = new(random.Next(first, last + 1));
            text.Append(rune.ToString());
            left -= rune.Utf8SequenceLength;
        }

        return text.ToString();
    }
}
