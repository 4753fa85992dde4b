using System.Text;
using CsCheck;

namespace NlpPretrain.Text.Tests.Tokenizers;

public sealed class BytePairModelTests
{
    private static readonly BytePairOptions Form = new() { UnknownPiece = "?" };

    [Fact]
    public void AnyTextOfUtf16ComesBack()
    {
        BytePairModel model = BytePairTesting.ReadGpt2();
        ByteLevelPreTokenizer preTokenizer = new();
        ByteLevelDecoder decoder = new();
        AnyText.Utf16.Sample(text => decoder.Decode([.. BytePairTesting.Encode(model, preTokenizer, text).Select(model.PieceOf)]) == AnyText.Repaired(text), iter: 2000);
    }

    [Fact]
    public void LengthsAddUpToTheBytes()
    {
        BytePairModel model = BytePairTesting.ReadGpt2();
        model.LengthsAreBytes.Should().BeTrue();
        foreach (string word in (string[])["é", " naïve", "中文", "👋", "\uD800", "a\uDC00b", new string('x', 1_000)])
        {
            PieceBuffer pieces = new();
            model.Encode(word, pieces);
            pieces.Lengths.ToArray().Sum().Should().Be(Encoding.UTF8.GetByteCount(word), "{0}", word);
            for (int i = 0; i < pieces.Count; i++) model.PieceOf(pieces.Ids[i]).Length.Should().Be(pieces.Lengths[i]);
        }
    }

    [Fact]
    public void LengthsAreUnitsInAModelOfCharacters()
    {
        BytePairModel model = new(["?", "a", "𠮷", "𠮷a"], [new("𠮷", "a")], Form);
        PieceBuffer pieces = new();
        model.Encode("𠮷a𠮷\uD842x😀", pieces);
        pieces.Ids.ToArray().Should().Equal(3, 2, 0, 0, 0);
        pieces.Lengths.ToArray().Should().Equal(3, 2, 1, 1, 2);
    }

    [Fact]
    public void MergesAsThePlainRuleDoes()
    {
        Random random = new(3);
        for (int round = 0; round < 400; round++)
        {
            (List<string> pieces, List<BytePairMerge> merges) = RandomMerges(random);
            BytePairModel model = new(pieces, merges, Form);
            int length = round % 4 == 0 ? random.Next(60, 400) : random.Next(1, 66);
            string word = string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(3))));
            int[] expected = [.. Plain(word, merges).Select(piece => pieces.IndexOf(piece))];
            for (int time = 0; time < 2; time++) BytePairTesting.Encode(model, word).Should().Equal(expected, "round {0}: {1}", round, word);
        }
    }

    [Fact]
    public void ThreadsShareAModel()
    {
        BytePairModel model = BytePairModelOfNumbers();
        string[] words = [.. Enumerable.Range(0, 60_000).Select(i => (i * 7919 % 1_000_003).ToString())];
        int[][] expected = [.. words.Select(word => word.Select(digit => digit - '0' + 1).ToArray())];
        Parallel.For(0, 4, _ =>
        {
            PieceBuffer pieces = new();
            for (int i = 0; i < words.Length; i++)
            {
                pieces.Clear();
                model.Encode(words[i], pieces);
                Assert.Equal(expected[i], pieces.Ids.ToArray());
            }
        });
    }

    [Fact]
    public void PartsThatDoNotFitAreRefused()
    {
        Refused(["?", "a", "a"], [], Form, "*Piece 2, \"a\", is piece 1*");
        Refused(["?", ""], [], Form, "*Piece 1 is empty*");
        Refused(["?", "a", "b"], [new("a", "b")], Form, "*Merge 0*no piece \"ab\"*");
        Refused(["?", "a", "ab"], [new("a", "b")], Form, "*Merge 0*no piece \"b\"*");
        Refused(["?", "a", "aa"], [new("a", "a"), new("a", "a")], Form, "*Merge 1*merge before*");
        Refused(["?", "a", "aa"], [new("a", "")], Form, "*Merge 0*empty*");
        Refused(["a"], [], Form, "*no piece \"?\"*");
        Refused(["a"], [], new(), "*UnknownPiece*");
        Refused(["a"], [], BytePairOptions.Gpt2, "*byte 0x00*");
        Refused(["?"], [], new() { IsByteLevel = true, UnknownPiece = "?", EndOfWordSuffix = "</w>" }, "*EndOfWordSuffix*");
        FluentActions.Invoking(() => BytePairModelOfNumbers().PieceOf(11)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static void Refused(string[] pieces, BytePairMerge[] merges, BytePairOptions options, string message) =>
        FluentActions.Invoking(() => new BytePairModel(pieces, merges, options)).Should().Throw<ArgumentException>().WithMessage(message);

    private static BytePairModel BytePairModelOfNumbers() => new(["?", .. Enumerable.Range(0, 10).Select(i => i.ToString())], [], Form);

    private static List<string> Plain(string word, List<BytePairMerge> merges)
    {
        List<string> symbols = [.. word.Select(letter => letter.ToString())];
        while (true)
        {
            int best = -1, at = -1;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                int rank = merges.IndexOf(new(symbols[i], symbols[i + 1]));
                if (rank >= 0 && (best < 0 || rank < best)) (best, at) = (rank, i);
            }

            if (at < 0) return symbols;
            symbols[at] += symbols[at + 1];
            symbols.RemoveAt(at + 1);
        }
    }

    /// <summary>Merges of a, b and c in any order, so that a merge may make way for one of a lower rank.</summary>
    private static (List<string> Pieces, List<BytePairMerge> Merges) RandomMerges(Random random)
    {
        List<string> pieces = ["?", "a", "b", "c"];
        List<BytePairMerge> merges = [];
        for (int i = random.Next(1, 14); i > 0; i--)
        {
            BytePairMerge merge = new(pieces[random.Next(1, pieces.Count)], pieces[random.Next(1, pieces.Count)]);
            if (merges.Contains(merge)) continue;

            merges.Insert(random.Next(merges.Count + 1), merge);
            if (!pieces.Contains(merge.Left + merge.Right)) pieces.Add(merge.Left + merge.Right);
        }

        return (pieces, merges);
    }
}
