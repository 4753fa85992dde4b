using NlpPretrain.Bert.Tests.FineTuning;
using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests.Uses;

/// <summary>Filled masks, next sentences and vectors against the model's own outputs, one sequence at a time.</summary>
public sealed class BertUsesTests
{
    private static readonly BertPretrainingModel Model = new(ToyTasks.Config, 3);

    private static readonly string[] Texts = [.. ToyTexts.Texts(60).Select(example => example.Text)];

    [Fact]
    public void Masks_are_filled_with_the_most_probable_tokens()
    {
        BertFillMask fill = new(Model, ToyTasks.Tokenizer);
        int[] ids = ToyTasks.Ids("c the [MASK] run [MASK] s");
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor logits = Model.MaskedLogits(Model.MaskedHidden(Model.Model.Hidden(pass, ids, new int[6], new Shape(1, 6), []), [2, 4]));

        IReadOnlyList<IReadOnlyList<MaskCandidate>> filled = fill.Fill("the [MASK] run [MASK]", count: 4);
        filled.Should().HaveCount(2);
        for (int mask = 0; mask < 2; mask++)
        {
            double[] exp = [.. logits.Data.Slice(mask * logits.Shape.Columns, logits.Shape.Columns).ToArray().Select(value => Math.Exp(value))];
            int[] best = [.. Enumerable.Range(0, exp.Length).OrderByDescending(id => exp[id]).Take(4)];
            filled[mask].Select(candidate => candidate.Id).Should().Equal(best);
            filled[mask].Select(candidate => candidate.Piece).Should().Equal(best.Select(ToyTasks.Tokenizer.PieceOf));
            for (int k = 0; k < 4; k++) filled[mask][k].Probability.Should().BeApproximately(exp[best[k]] / exp.Sum(), 1e-12);
        }

        fill.Fill("[MASK]", count: 1000)[0].Should().HaveCount(ToyTasks.Tokenizer.Count);
    }

    [Fact]
    public void Texts_together_fill_as_each_alone()
    {
        BertFillMask fill = new(Model, ToyTasks.Tokenizer);
        string[] masked = [.. Texts.Select((text, index) => index % 3 == 0 ? text + " [MASK] [MASK]" : "[MASK]" + text)];
        fill.FillBatch(masked, 3, TestContext.Current.CancellationToken).Should().BeEquivalentTo(masked.Select(text => fill.Fill(text, 3)), options => options.WithStrictOrdering());
    }

    [Fact]
    public void A_next_sentence_has_the_probability_of_class_0()
    {
        BertNextSentence next = new(Model, ToyTasks.Tokenizer);
        int[] ids = ToyTasks.Ids("c the good s bad run s");
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float[] logits = Model.NextSentenceLogits(Model.Model.Pooled(Model.Model.Hidden(pass, ids, [0, 0, 0, 0, 1, 1, 1], new Shape(1, 7), []))).Data.ToArray();
        next.Probability("the good", "bad run").Should().BeApproximately(Math.Exp(logits[0]) / (Math.Exp(logits[0]) + Math.Exp(logits[1])), 1e-12);

        (string, string)[] pairs = [.. ToyTexts.Pairs(60).Select(pair => (pair.First, pair.Second))];
        next.ProbabilityBatch(pairs, TestContext.Current.CancellationToken).Should().Equal(pairs.Select(pair => next.Probability(pair.Item1, pair.Item2)));
    }

    [Fact]
    public void Vectors_come_from_the_layers_that_were_asked_for()
    {
        int[] ids = ToyTasks.Ids("c the good s");
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float[][] layers = [.. Model.Model.AllHidden(pass, ids, [], new Shape(1, 4), []).Select(layer => layer.Data.ToArray())];
        Check(null, BertPooling.FirstToken, layers[2][..32]);
        Check(^2..^1, BertPooling.FirstToken, layers[1][..32]);
        Check(0..1, BertPooling.FirstToken, layers[0][..32]);
        Check(null, BertPooling.Mean, MeanOf(layers[2].Chunk(32)));
        Check(1.., BertPooling.FirstToken, MeanOf([layers[1][..32], layers[2][..32]]));
        Check(.., BertPooling.Mean, MeanOf(layers.SelectMany(layer => layer.Chunk(32))));

        TokenVectors tokens = new BertEmbedder(Model.Model, ToyTasks.Tokenizer).EmbedTokens("the good");
        tokens.Tokens.Ids.ToArray().Should().Equal(ids);
        tokens.Vectors.Should().BeEquivalentTo(layers[2].Chunk(32), options => options.WithStrictOrdering());

        static void Check(Range? range, BertPooling pooling, float[] expected)
        {
            float[] ours = new BertEmbedder(Model.Model, ToyTasks.Tokenizer, range) { Pooling = pooling }.Embed("the good");
            for (int i = 0; i < expected.Length; i++) ours[i].Should().BeApproximately(expected[i], 1e-6f);
        }

        static float[] MeanOf(IEnumerable<float[]> vectors) => [.. Enumerable.Range(0, 32).Select(i => vectors.Average(vector => vector[i]))];
    }

    [Fact]
    public void Texts_together_have_the_vectors_of_each_alone()
    {
        foreach (BertPooling pooling in Enum.GetValues<BertPooling>())
        {
            BertEmbedder embedder = new(Model.Model, ToyTasks.Tokenizer, 1..) { Pooling = pooling };
            IReadOnlyList<float[]> together = embedder.EmbedBatch(Texts, TestContext.Current.CancellationToken);
            for (int i = 0; i < Texts.Length; i++) together[i].Should().Equal(embedder.Embed(Texts[i]));
        }
    }

    [Fact]
    public void What_cannot_be_computed_is_refused()
    {
        BertFillMask fill = new(Model, ToyTasks.Tokenizer);
        Refused(() => fill.FillBatch(["[MASK]", "good"]), "Text 1 has no [MASK]*");
        FluentActions.Invoking(() => fill.Fill("[MASK]", 0)).Should().Throw<ArgumentOutOfRangeException>();
        Refused(() => fill.Fill("[MASK]" + string.Concat(Enumerable.Repeat(" good", 30))), "*33 tokens; this model was configured for 24*");
        Tokenizer other = BertTokenizer.Create(new WordPieceModel(["[UNK]", "[CLS]", "[SEP]", "a"]));
        Refused(() => _ = new BertFillMask(Model, other), "The tokenizer has no special token [MASK]*");
        Refused(() => _ = new BertNextSentence(new(ToyTasks.Config with { HasPooler = false }, 1), ToyTasks.Tokenizer), "The model has no next-sentence head*");
        Refused(() => new BertNextSentence(Model, ToyTasks.Tokenizer).Probability("good", ""), "The second text of example 0 is empty*");
        Refused(() => _ = new BertEmbedder(Model.Model, ToyTasks.Tokenizer, 3..), "The layers 3..^0 are none of the model's 3*");
        Refused(() => _ = new BertEmbedder(Model.Model, ToyTasks.Tokenizer, ^4..), "The layers ^4..^0 are none*");
        Refused(() => new BertEmbedder(Model.Model, ToyTasks.Tokenizer).Embed(""), "The text of example 0 is empty*");
        Refused(() => _ = new BertEmbedder(new(ToyTasks.Config with { VocabularySize = 10 }, 1), ToyTasks.Tokenizer), "The tokenizer has*");
    }

    private static void Refused(Action act, string message) => act.Should().Throw<ArgumentException>().WithMessage(message);
}
