using System.Globalization;

namespace NlpPretrain.Text.Tests;

internal static class TokenizerTesting
{
    /// <summary>The words of a text, a list a sentence.</summary>
    internal static List<List<string>> Sentences(this IWordTokenizer tokenizer, string text)
    {
        WordBuffer words = new();
        words.Add("kept");
        words.EndSentence();
        tokenizer.Tokenize(text, words);
        words[0].ToString().Should().Be("kept");
        words.SentenceEnds[0].Should().Be(1);

        List<List<string>> sentences = [];
        int at = 1;
        foreach (int end in words.SentenceEnds[1..])
        {
            List<string> sentence = [];
            for (; at < end; at++) sentence.Add(words[at].ToString());
            sentence.Should().NotBeEmpty();
            sentences.Add(sentence);
        }

        at.Should().Be(words.Count, "a text's last sentence is closed at its end");
        return sentences;
    }

    /// <summary>The words of a text, with bars between sentences.</summary>
    internal static string Cut(this IWordTokenizer tokenizer, string text) =>
        string.Join(" | ", tokenizer.Sentences(text).Select(sentence => string.Join(' ', sentence)));

    /// <summary>Text of code units that tokenizers treat differently, lone surrogates among them.</summary>
    internal static string RandomText(Random random, int length)
    {
        string[] pieces =
        [
            " ", "\t", "\n", "\u3000", "\u00A0", "\u2028", "\u0085", "a", "b", "Z", "I", "İ", "ı", "ß", "é", "e\u0301", "ж", "ا", "ไ", "か", "ー", "한",
            "中", "国", "人", "的", "是", "𠀀", "𠮷", "𝒜", "𐐀", "😀", "\uD83D", "\uDE00", "\uD840", "\uDC00", "0", "1", "٣", "½", "9", "１", "Ａ", "ｚ",
            "'", "’", "-", "‐", ".", ",", "!", "?", "。", "！", "？", "…", "，", "\u200D", "\u200C", "\u00AD", "_", "\"", "”", ")", "\0", "\uFFFF", "\uFEFF", "&", "+", "#",
        ];
        System.Text.StringBuilder text = new();
        while (text.Length < length)
        {
            if (random.Next(20) == 0) text.Append((char)random.Next(0x10000));
            else text.Append(pieces[random.Next(pieces.Length)]);
            if (random.Next(4) != 0) continue;
            int repeats = random.Next(6);
            for (int i = 0; i < repeats; i++) text.Append((char)('a' + random.Next(26)));
        }

        return text.ToString();
    }

    internal static bool IsSubsequence(IEnumerable<string> words, string text)
    {
        int at = 0;
        foreach (string word in words)
        {
            foreach (char character in word)
            {
                at = text.IndexOf(character, at) + 1;
                if (at == 0) return false;
            }
        }

        return true;
    }

    internal static void InCulture(string name, Action action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(name);
            action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
