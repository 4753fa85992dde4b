using System.Globalization;
using System.Text;
using NlpPretrain.Testing;
using Oracle = Microsoft.ML.Tokenizers.BertTokenizer;
using OracleOptions = Microsoft.ML.Tokenizers.BertOptions;

namespace NlpPretrain.Text.Tests;

/// <summary>Every line of real corpora has the ids that an independent program, Microsoft.ML.Tokenizers, gives it.</summary>
/// <remarks>
/// That program finds words by the expression <c>\w+|\p{P}</c>, which is not BERT's rule, so that two kinds of characters are set apart:
/// it drops what the expression does not match, symbols such as = and ⊙ and everything above U+FFFF, of which BERT makes words or parts of words; and it has connectors, such as _,
/// in words, where BERT has punctuation. <see cref="IdsOfEveryWord"/> compares the words with those characters, as BERT cuts them.
/// </remarks>
public sealed class BertOracleTests
{
    private static readonly EncodeOptions Bare = new() { AddSpecialTokens = false };

    [Theory]
    [InlineData("bert-base-uncased", true, "wikitext2", "train.shuffled-articles.txt")]
    [InlineData("bert-base-uncased", true, "wikitext2", "valid.txt")]
    [InlineData("bert-base-uncased", true, "wikitext2", "test.txt")]
    [InlineData("bert-base-cased", false, "wikitext2", "train.shuffled-articles.txt")]
    [InlineData("bert-base-cased", false, "wikitext2", "valid.txt")]
    [InlineData("bert-base-cased", false, "wikitext2", "test.txt")]
    [InlineData("bert-base-chinese", true, "zh-reviews", "online_shopping_10_cats.csv")]
    [InlineData("bert-base-chinese", true, "zh-reviews", "eprstmt.unlabeled.jsonl")]
    public void IdsOfEveryLine(string vocabulary, bool lowerCase, string folder, string file)
    {
        string path = TestData.File("vocab", vocabulary, "vocab.txt");
        Tokenizer ours = BertTokenizer.Load(path, lowerCase);
        Oracle theirs = Oracle.Create(path, new OracleOptions { LowerCaseBeforeTokenization = lowerCase, RemoveNonSpacingMarks = lowerCase });
        string[] lines = [.. File.ReadLines(TestData.File(folder, file)).Select(line => Replace(line, IsConnector))];
        TokenizedText[] encoded = ours.EncodeBatch([.. lines.Select(line => Replace(line, IsDropped))], Bare);
        for (int i = 0; i < lines.Length; i++) Compare(ours, encoded[i], theirs.EncodeToIds(lines[i], addSpecialTokens: false), i);
    }

    [Theory]
    [InlineData("bert-base-uncased", "wikitext2", "valid.txt")]
    [InlineData("bert-base-uncased", "wikitext2", "test.txt")]
    [InlineData("bert-base-chinese", "zh-reviews", "online_shopping_10_cats.csv")]
    [InlineData("bert-base-chinese", "zh-reviews", "eprstmt.unlabeled.jsonl")]
    public void IdsOfEveryWord(string vocabulary, string folder, string file)
    {
        string path = TestData.File("vocab", vocabulary, "vocab.txt");
        Tokenizer ours = BertTokenizer.Load(path);
        Oracle theirs = Oracle.Create(path, new OracleOptions { ApplyBasicTokenization = false });
        int line = 0;
        NormalizedText normalized = new();
        List<(int Start, int Length)> places = [];
        foreach (string text in File.ReadLines(TestData.File(folder, file)))
        {
            normalized.Reset(text);
            ours.Normalizer!.Normalize(normalized);
            places.Clear();
            ours.PreTokenizer!.Split(normalized.Text, places);
            StringBuilder words = new();
            foreach ((int start, int length) in places) words.Append(normalized.Text.Slice(start, length)).Append(' ');
            Compare(ours, ours.Encode(text, Bare), theirs.EncodeToIds(words.ToString(), addSpecialTokens: false), line++);
        }
    }

    private static void Compare(Tokenizer tokenizer, TokenizedText ours, IReadOnlyList<int> theirs, int line)
    {
        if (ours.Ids.SequenceEqual([.. theirs])) return;
        Pieces(ours.Ids.ToArray()).Should().Be(Pieces(theirs), $"those are the pieces of line {line + 1}");

        string Pieces(IEnumerable<int> ids) => string.Join(' ', ids.Select(tokenizer.PieceOf));
    }

    private static string Replace(string line, Func<Rune, bool> isReplaced)
    {
        StringBuilder kept = new(line.Length);
        foreach (Rune rune in line.EnumerateRunes()) kept.Append(isReplaced(rune) ? " " : rune.ToString());
        return kept.ToString();
    }

    private static bool IsConnector(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.ConnectorPunctuation;

    private static bool IsDropped(Rune rune) => !rune.IsBmp || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.EnclosingMark or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol;
}
