using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests;

public sealed class BertPretrainingDataTests
{
    private const int Mask = 4;

    private static readonly InMemoryCorpus Corpus = ToyText.Documents(60, 12, 10);
    private static readonly BertDataOptions Options = new() { SequenceLength = 40, DuplicateFactor = 2 };

    [Fact]
    public void A_sequence_is_two_segments_in_their_frame()
    {
        using BertPretrainingData data = BertPretrainingData.Create(Corpus, ToyText.English, Options);
        data.Count.Should().BeGreaterThan(100);
        for (int i = 0; i < data.Count; i++)
        {
            BertExample example = data.Read(i);
            int[] ids = Unmasked(example);
            int second = Array.IndexOf(example.Segments, 1);
            ids.Length.Should().Be(data.Lengths[i]).And.BeInRange(5, 40);
            (ToyText.English.PieceOf(ids[0]), ToyText.English.PieceOf(ids[second - 1]), ToyText.English.PieceOf(ids[^1])).Should().Be(("[CLS]", "[SEP]", "[SEP]"));
            ids.Count(id => id < 5).Should().Be(3, "the text has no special tokens");
            example.Segments.Should().Equal(Enumerable.Range(0, ids.Length).Select(place => place < second ? 0 : 1));
            example.MaskedPlaces.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
            example.MaskedIds.Length.Should().Be(example.MaskedPlaces.Length).And.BeInRange(1, 6);
        }
    }

    [Fact]
    public void Chinese_words_are_masked_whole_and_80_10_and_10_percent_hold()
    {
        BertDataOptions options = new() { SequenceLength = 64, DuplicateFactor = 60, WholeWords = true, ChineseWords = ToyText.Segmenter };
        using BertPretrainingData data = BertPretrainingData.Create(ToyText.ChineseDocuments(500, 20), ToyText.Chinese, options, workers: 2);
        long masked = 0, hidden = 0, kept = 0, words = 0, wholeWords = 0, tokens = 0;
        for (int i = 0; i < data.Count; i++)
        {
            BertExample example = data.Read(i);
            int[] ids = Unmasked(example);
            bool[] isMasked = new bool[ids.Length];
            foreach (int place in example.MaskedPlaces) isMasked[place] = true;
            for (int k = 0; k < example.MaskedPlaces.Length; k++)
            {
                int seen = example.Ids[example.MaskedPlaces[k]];
                if (seen == Mask) hidden++;
                else if (seen == example.MaskedIds[k]) kept++;
            }

            (masked, tokens) = (masked + example.MaskedPlaces.Length, tokens + ids.Length);
            // 好吃 is a word wherever it stands, and no other word of the text begins or ends with its characters.
            for (int place = 1; place + 1 < ids.Length; place++)
            {
                if (ToyText.Chinese.PieceOf(ids[place]) != "好" || ToyText.Chinese.PieceOf(ids[place + 1]) != "吃") continue;
                words++;
                if (isMasked[place] != isMasked[place + 1]) Assert.Fail("half a word is masked");
                if (isMasked[place]) wholeWords++;
            }
        }

        const double Ordinary = 18;
        masked.Should().BeGreaterThan(200_000);
        wholeWords.Should().BeGreaterThan(words / 10);
        Statistics.ShouldBe(hidden, masked, 0.8, "are hidden");
        Statistics.ShouldBe(kept, masked, 0.1 + 0.1 / Ordinary, "are kept");
        ((double)masked / tokens).Should().BeApproximately(0.15, 0.01);
    }

    [Fact]
    public void Without_the_segmenter_characters_are_masked_alone()
    {
        using BertPretrainingData data = BertPretrainingData.Create(ToyText.ChineseDocuments(100, 20), ToyText.Chinese, new() { WholeWords = true, DuplicateFactor = 1 });
        int apart = Enumerable.Range(0, data.Count).Sum(i =>
        {
            BertExample example = data.Read(i);
            int[] ids = Unmasked(example);
            return example.MaskedPlaces.Count(place => ToyText.Chinese.PieceOf(ids[place]) == "好" && ToyText.Chinese.PieceOf(ids[place + 1]) == "吃" && !example.MaskedPlaces.Contains(place + 1));
        });
        apart.Should().BePositive();
    }

    [Fact]
    public void The_seed_decides_and_neither_workers_nor_order()
    {
        using BertPretrainingData one = BertPretrainingData.Create(Corpus, ToyText.English, Options, seed: 3, workers: 1), three = BertPretrainingData.Create(Corpus, ToyText.English, Options, seed: 3, workers: 3);
        using BertPretrainingData other = BertPretrainingData.Create(Corpus, ToyText.English, Options, seed: 4);
        three.Lengths.ToArray().Should().Equal(one.Lengths.ToArray()).And.NotEqual(other.Lengths.ToArray());
        string[] forward = [.. Enumerable.Range(0, one.Count).Select(i => Text(one.Read(i, epoch: 2)))];
        string[] backward = [.. Enumerable.Range(0, one.Count).Reverse().Select(i => Text(three.Read(i, epoch: 2)))];
        backward.Reverse().Should().Equal(forward);
    }

    [Fact]
    public void An_epoch_draws_new_masks_unless_they_are_static()
    {
        using BertPretrainingData dynamic = BertPretrainingData.Create(Corpus, ToyText.English, Options), still = BertPretrainingData.Create(Corpus, ToyText.English, Options with { IsStatic = true });
        int changed = 0;
        for (int i = 0; i < dynamic.Count; i++)
        {
            BertExample first = dynamic.Read(i), second = dynamic.Read(i, epoch: 1);
            Unmasked(second).Should().Equal(Unmasked(first), "the sequence is the same");
            if (Text(first) != Text(second)) changed++;
            Text(still.Read(i, epoch: 1)).Should().Be(Text(still.Read(i))).And.Be(Text(first));
        }

        changed.Should().BeGreaterThan(9 * dynamic.Count / 10);
    }

    [Fact]
    public void A_batch_is_its_examples_padded()
    {
        using BertPretrainingData data = BertPretrainingData.Create(Corpus, ToyText.English, Options);
        int[] indices = [5, 1, 17, 9];
        BertExample[] examples = [.. indices.Select(index => data.Read(index, epoch: 1))];
        BertBatch batch = new(), given = new();
        data.Fill(batch, [0, 1, 2, 3, 4, 5, 6, 7], epoch: 0);
        data.Fill(batch, indices, epoch: 1);
        given.Fill(examples);
        int time = examples.Max(example => example.Ids.Length);
        batch.Shape.Should().Be(new Tensors.Shape(4, time)).And.Be(given.Shape);
        batch.Ids.ToArray().Should().Equal(examples.SelectMany(example => example.Ids.Concat(Enumerable.Repeat(0, time - example.Ids.Length)))).And.Equal(given.Ids.ToArray());
        batch.Segments.ToArray().Should().Equal(examples.SelectMany(example => example.Segments.Concat(Enumerable.Repeat(0, time - example.Ids.Length)))).And.Equal(given.Segments.ToArray());
        batch.Lengths.ToArray().Should().Equal(examples.Select(example => example.Ids.Length)).And.Equal(given.Lengths.ToArray());
        batch.Places.ToArray().Should().Equal(examples.SelectMany((example, row) => example.MaskedPlaces.Select(place => row * time + place))).And.Equal(given.Places.ToArray());
        batch.Labels.ToArray().Should().Equal(examples.SelectMany(example => example.MaskedIds)).And.Equal(given.Labels.ToArray());
        batch.NextSentenceLabels.ToArray().Should().Equal(examples.Select(example => example.IsNext ? 0 : 1)).And.Equal(given.NextSentenceLabels.ToArray());
    }

    [Fact]
    public void Corpora_without_pairs_are_refused()
    {
        Refuses<CorpusException>(new InMemoryCorpus("", " "), Options, "The corpus has no text*");
        Refuses<CorpusException>(new InMemoryCorpus("ak.\nbk", ""), Options, "The corpus has one document, of 2 sentences;*another document*at least 2*TextFileCorpus.Boundary*");
        Refuses<CorpusException>(new InMemoryCorpus("ak", "bk", "ck"), Options, "Each of the 3 documents of the corpus has one sentence;*at least one document needs 2*BertDataOptions.SplitsSentences*");
        using BertPretrainingData least = BertPretrainingData.Create(new InMemoryCorpus("ak", "bk\nbl"), ToyText.English, Options);
        least.Count.Should().BeGreaterThan(3);
        Enumerable.Range(0, least.Count).Select(i => least.Read(i)).Should().OnlyContain(example => example.Segments.Contains(1), "a document of one sentence has a random second one");
    }

    [Fact]
    public void Options_out_of_their_range_are_refused()
    {
        Refuses<ArgumentException>(Corpus, Options with { SequenceLength = 4 }, "SequenceLength is 4; it must be at least 5*(BertDataOptions.SequenceLength)*");
        Refuses<ArgumentException>(Corpus, Options with { MaxPredictions = 0 }, "MaxPredictions is 0; it must be at least 1*");
        Refuses<ArgumentException>(Corpus, Options with { MaskProbability = 0 }, "MaskProbability is 0; it must be above 0 and at most 1*");
        Refuses<ArgumentException>(Corpus, Options with { MaskProbability = double.NaN }, "MaskProbability is NaN*");
        Refuses<ArgumentException>(Corpus, Options with { ShortSequenceProbability = 1.5 }, "ShortSequenceProbability is 1.5; it must be from 0 to 1*");
        Refuses<ArgumentException>(Corpus, Options with { DuplicateFactor = 0 }, "DuplicateFactor is 0*");
        Refuses<ArgumentException>(Corpus, Options with { ChineseWords = ToyText.Segmenter }, "ChineseWords is set and WholeWords is not*");
        new BertDataOptions().MostPredictions.Should().Be(20);
        new BertDataOptions { SequenceLength = 512 }.MostPredictions.Should().Be(77);
        using BertPretrainingData data = BertPretrainingData.Create(Corpus, ToyText.English, Options with { SequenceLength = 5 });
        data.Lengths.ToArray().Should().OnlyContain(length => length == 5);
        new Action(() => data.Read(data.Count)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => data.Read(0, epoch: -1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("[CLS]")]
    [InlineData("[SEP]")]
    [InlineData("[MASK]")]
    public void A_tokenizer_without_a_special_token_is_refused(string token)
    {
        string[] others = [.. BertTokenizer.SpecialTokens.Where(special => special != token)];
        Tokenizer tokenizer = new(new WordPieceModel([.. others, "ak"]), specialTokens: others);
        new Action(() => BertPretrainingData.Create(Corpus, tokenizer)).Should().Throw<ArgumentException>()
            .WithMessage($"The tokenizer has no special token {token}; pretraining needs [[]CLS], [[]SEP] and [[]MASK], and this one has {string.Join(", ", others)}*WordPieceTrainerOptions.SpecialTokens*".Replace("[[]", "["));
    }

    [Fact]
    public void Whole_words_need_word_pieces()
    {
        Tokenizer tokenizer = new(new BytePairModel(["a", "k"], [], new BytePairOptions { UnknownPiece = "a" }), specialTokens: BertTokenizer.SpecialTokens);
        new Action(() => BertPretrainingData.Create(Corpus, tokenizer, new() { WholeWords = true })).Should().Throw<ArgumentException>().WithMessage("WholeWords needs a tokenizer of word pieces*BytePairModel*");
        using BertPretrainingData data = BertPretrainingData.Create(Corpus, tokenizer, Options);
        data.Count.Should().BePositive("single tokens can be masked");
        new Action(() => BertPretrainingData.Create(Corpus, new(new BytePairModel(["a"], [], new BytePairOptions { UnknownPiece = "a" })))).Should().Throw<ArgumentException>().WithMessage("*this one has none*");
    }

    private static void Refuses<TException>(ICorpus corpus, BertDataOptions options, string message) where TException : Exception =>
        new Action(() => BertPretrainingData.Create(corpus, ToyText.English, options)).Should().Throw<TException>().WithMessage(message);

    private static int[] Unmasked(BertExample example)
    {
        int[] ids = [.. example.Ids];
        for (int i = 0; i < example.MaskedPlaces.Length; i++)
        {
            if (ids[example.MaskedPlaces[i]] is not (Mask or >= 5)) Assert.Fail("a masked token is a special one");
            ids[example.MaskedPlaces[i]] = example.MaskedIds[i];
        }

        return ids;
    }

    private static string Text(BertExample example) => $"{string.Join(' ', example.Ids)}; {string.Join(' ', example.MaskedPlaces)}; {string.Join(' ', example.MaskedIds)}; {example.IsNext}";
}
