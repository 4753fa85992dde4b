using System.Globalization;

namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>What a cache holds never shows in the pieces.</summary>
public sealed class PieceCacheTests
{
    private const int MoreWordsThanSlots = 100_000;

    [Fact]
    public void AFullCacheGivesEveryWordItsOwnPieces()
    {
        PieceCache cache = new();
        Cutter cutter = new();
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < MoreWordsThanSlots; i++) Check(cache, cutter, WordOf(i));
        }

        cutter.Cuts.Should().BeGreaterThan(MoreWordsThanSlots, "not all words fit").And.BeLessThan(2 * MoreWordsThanSlots, "some were known");
    }

    [Fact]
    public void AWordIsCutOnceIfItIsShort()
    {
        PieceCache cache = new();
        Cutter cutter = new();
        string longest = new('x', PieceCache.LongestWord);
        for (int time = 0; time < 3; time++) Check(cache, cutter, longest);
        cutter.Cuts.Should().Be(1);
        for (int time = 0; time < 3; time++) Check(cache, cutter, longest + "x");
        cutter.Cuts.Should().Be(4);
    }

    [Fact]
    public void PiecesThatTheBufferHoldsStay()
    {
        PieceCache cache = new();
        PieceBuffer pieces = new();
        pieces.Add(7, 1);
        for (int time = 0; time < 2; time++) cache.Encode("ab", pieces, new Cutter());
        pieces.Ids.ToArray().Should().Equal(7, 'a', 'b', 'a', 'b');
        pieces.Lengths.ToArray().Should().Equal(1, 1, 2, 1, 2);
    }

    [Fact]
    public void ThreadsShareACache()
    {
        PieceCache cache = new();
        Cutter cutter = new();
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < MoreWordsThanSlots; i++) Check(cache, cutter, WordOf((i + thread * 20) % MoreWordsThanSlots));
        });
    }

    [Fact]
    public void ModelsCutAWordAlikeWhateverCameBefore()
    {
        string[] pieces = ["[UNK]", "a", "b", "ab", "##a", "##b", "##ba", "中", "##文"];
        UnigramPiece[] scored = [new("<unk>", 0, IsControl: true), new("a", -1.5), new("b", -2), new("ab", -2.25), new("aba", -4), new("文", -3)];
        (WordPieceModel wordPiece, UnigramModel unigram) = (new(pieces), new(scored, unknownId: 0));
        Random random = new(5);
        for (int round = 0; round < 3_000; round++)
        {
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => "aaabbbab中文\uD800x"[random.Next(12)]));
            Equal(wordPiece, word, round % 40 == 0 ? new WordPieceModel(pieces) : null);
            Equal(unigram, word, round % 40 == 0 ? new UnigramModel(scored, unknownId: 0) : null);
        }
    }

    [Fact]
    public void MemoryOfLongTextsIsNotKept()
    {
        char[] array = new char[8];
        array[7] = 'x';
        WorkArray.Grow(ref array, WorkArray.MostKept + 1);
        array.Length.Should().BeGreaterThan(WorkArray.MostKept);
        array[7].Should().Be('x');
        WorkArray.Shrink(ref array);
        array.Length.Should().BeLessThanOrEqualTo(WorkArray.MostKept);

        PieceBuffer pieces = new();
        for (int time = 0; time < 2; time++)
        {
            for (int i = 0; i < 200_000; i++) pieces.Add(i, i + 1);
            pieces.Ids.ToArray().Should().Equal(Enumerable.Range(0, 200_000));
            pieces.Lengths.ToArray().Should().Equal(Enumerable.Range(1, 200_000));
            pieces.Shrink();
            pieces.Count.Should().Be(0);
        }
    }

    private static void Equal(TokenModel used, string word, TokenModel? fresh)
    {
        int[] cold = BytePairTesting.Encode(used, word), warm = BytePairTesting.Encode(used, word);
        Assert.Equal(cold, warm);
        if (fresh is not null) Assert.Equal(BytePairTesting.Encode(fresh, word), warm);
    }

    private static void Check(PieceCache cache, Cutter cutter, string word)
    {
        PieceBuffer expected = new(), actual = new();
        Cutter.Append(word, expected);
        cache.Encode(word, actual, cutter);
        if (!actual.Ids.SequenceEqual(expected.Ids) || !actual.Lengths.SequenceEqual(expected.Lengths)) Assert.Fail($"The pieces of {word} are another word's.");
    }

    private static string WordOf(int i) => (i * 7919L).ToString(CultureInfo.InvariantCulture);

    private sealed class Cutter : IWordCutter
    {
        private int _cuts;

        internal int Cuts => _cuts;

        public void Cut(ReadOnlySpan<char> word, PieceBuffer pieces)
        {
            Interlocked.Increment(ref _cuts);
            Append(word, pieces);
        }

        internal static void Append(ReadOnlySpan<char> word, PieceBuffer pieces)
        {
            for (int i = 0; i < word.Length; i++) pieces.Add(word[i], i + 1);
        }
    }
}
