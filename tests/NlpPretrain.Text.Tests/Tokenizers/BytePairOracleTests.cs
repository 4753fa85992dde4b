using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Tokenizers;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>Agreement with Microsoft.ML.Tokenizers' byte-level model over whole corpora.</summary>
public sealed class BytePairOracleTests
{
    [Fact]
    public void WikiText2() => Compare(["train.shuffled-articles.txt", "valid.txt", "test.txt"], "wikitext2");

    [Fact]
    public void ChineseReviews() => Compare(["online_shopping_10_cats.csv", "eprstmt.unlabeled.jsonl"], "zh-reviews");

    private static void Compare(string[] files, string folder)
    {
        BytePairModel model = BytePairTesting.ReadGpt2();
        using FileStream vocabulary = File.OpenRead(BytePairTesting.Gpt2Vocabulary), merges = File.OpenRead(BytePairTesting.Gpt2Merges);
        CodeGenTokenizer other = CodeGenTokenizer.Create(vocabulary, merges);
        ByteLevelPreTokenizer preTokenizer = new();
        PieceBuffer pieces = new();
        List<(int Start, int Length)> words = [];
        int lines = 0, differences = 0;
        foreach (string line in files.SelectMany(file => File.ReadLines(TestData.File(folder, file))))
        {
            pieces.Clear();
            words.Clear();
            preTokenizer.Split(line, words);
            foreach ((int start, int length) in CollectionsMarshal.AsSpan(words)) model.Encode(line.AsSpan(start, length), pieces);
            IReadOnlyList<int> expected = other.EncodeToIds(line, addPrefixSpace: false, addBeginningOfSentence: false, addEndOfSentence: false);
            lines++;
            if (pieces.Ids.SequenceEqual(expected.ToArray())) continue;

            // It has tokens of its own for runs of spaces and of tabs, and its regular expression does not see letters above U+FFFF as such.
            bool hasRuns = line.Contains("  ", StringComparison.Ordinal) || line.Contains("\t\t", StringComparison.Ordinal);
            bool hasHighLetters = line.EnumerateRunes().Any(rune => !rune.IsBmp && Rune.IsLetterOrDigit(rune));
            (hasRuns || hasHighLetters).Should().BeTrue("line {0} differs: {1}", lines, line);
            differences++;
            foreach ((int start, int length) in words)
            {
                string word = line.Substring(start, length);
                if (string.IsNullOrWhiteSpace(word) || word.EnumerateRunes().Any(rune => !rune.IsBmp)) continue;

                int[] ids = other.EncodeToIds(word, addPrefixSpace: false, addBeginningOfSentence: false, addEndOfSentence: false).ToArray();
                BytePairTesting.Encode(model, word).Should().Equal(ids, "word {0} of line {1}", word, lines);
            }
        }

        lines.Should().BePositive();
        TestContext.Current.TestOutputHelper!.WriteLine($"{lines} lines, {differences} differ by runs of spaces or letters above U+FFFF, and agree word by word");
    }
}
