using NlpPretrain.Tensors;

namespace NlpPretrain.Bert.Tests;

public class BertErrorTests
{
    public static TheoryData<BertConfig, string> BadConfigs => new()
    {
        { TinyBert.Config with { Layers = 0 }, "Layers is 0; it must be from 1 to 1000 (BertConfig.Layers)." },
        { TinyBert.Config with { Heads = 3 }, "A width of 8 does not divide into 3 heads; make it a multiple (BertConfig.Width, BertConfig.Heads)." },
        { TinyBert.Config with { Width = 514, Heads = 2 }, "A width of 514 gives 2 heads 257 columns each; at most 256 are computed: take more heads (BertConfig.Heads)." },
        { TinyBert.Config with { Heads = 0 }, "Heads is 0; it must be from 1 to 8 (BertConfig.Heads)." },
        { TinyBert.Config with { Width = -1 }, "Width is -1; it must be from 1 to 65536 (BertConfig.Width)." },
        { TinyBert.Config with { InnerWidth = 0 }, "InnerWidth is 0; it must be from 1 to 262144 (BertConfig.InnerWidth)." },
        { TinyBert.Config with { ContextLength = 0 }, "ContextLength is 0; it must be from 1 to 1048576 (BertConfig.ContextLength)." },
        { TinyBert.Config with { SegmentTypes = 0 }, "SegmentTypes is 0; it must be from 1 to 65536 (BertConfig.SegmentTypes)." },
        { TinyBert.Config with { VocabularySize = 0 }, "VocabularySize is 0; it must be from 1 to 2147483647 (BertConfig.VocabularySize)." },
        { TinyBert.Config with { VocabularySize = null }, "A model needs the size of its vocabulary: give the number of the tokenizer's tokens (BertConfig.VocabularySize).*" },
        { TinyBert.Config with { Dropout = 1 }, "Dropout is 1; it must be from 0 to below 1 (BertConfig.Dropout)." },
        { TinyBert.Config with { AttentionDropout = -0.5f }, "AttentionDropout is -0.5; it must be from 0 to below 1 (BertConfig.AttentionDropout)." },
        { TinyBert.Config with { NormEpsilon = 0 }, "NormEpsilon is 0; it must be positive and finite (BertConfig.NormEpsilon)." },
        { TinyBert.Config with { InitialDeviation = double.NaN }, "InitialDeviation is NaN; it must be positive and finite (BertConfig.InitialDeviation)." },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void A_config_names_what_is_wrong(BertConfig config, string message) =>
        FluentActions.Invoking(() => new BertPretrainingModel(config, 1)).Should().Throw<ArgumentException>().WithMessage(message);

    [Fact]
    public void Sequences_that_do_not_fit_are_refused()
    {
        Refused<ArgumentException>([1, 2, 3, 4, 5, 6, 7], [], new(1, 7), [], "The sequence has 7 tokens; this model was configured for 6 (BertConfig.ContextLength).*");
        Refused<ArgumentException>([], [], new(1, 1), [], "The sequence is empty; the model needs at least one token.*");
        Refused<ArgumentException>([1, 2, 3], [], new(1, 2), [], "3 ids were given in the shape [1, 2]; the model needs a shape [B, T] of as many.*");
        Refused<ArgumentException>([1, 2, 3], [], new(3), [], "3 ids were given in the shape *");
        Refused<ArgumentException>([1, 2], [0], new(1, 2), [], "1 segments were given for 2 ids; each token needs one.*");
        Refused<ArgumentException>([1, 2], [0, 0], new(2, 1), [1], "1 lengths were given for 2 sequences; each needs one.*");
        Refused<ArgumentOutOfRangeException>([1, 2], [0, 0], new(1, 2), [3], "Sequence 0 has a length of 3; lengths are 1 to 2.*");
        Refused<ArgumentOutOfRangeException>([1, 2], [0, 0], new(1, 2), [0], "Sequence 0 has a length of 0; lengths are 1 to 2.*");
        Refused<ArgumentOutOfRangeException>([1, 11], [], new(1, 2), [], "Id 11, at place 1, is not one of the model's 11 tokens (BertConfig.VocabularySize); use the tokenizer that the model was trained with.*");
        Refused<ArgumentOutOfRangeException>([-1], [], new(1, 1), [], "Id -1, at place 0, is not one of the model's 11 tokens *");
        Refused<ArgumentOutOfRangeException>([1, 2], [1, 2], new(1, 2), [], "Segment 2, at place 1, is not one of the model's 2, counted from 0 (BertConfig.SegmentTypes).*");

        static void Refused<T>(int[] ids, int[] segments, Shape shape, int[] lengths, string message) where T : Exception =>
            FluentActions.Invoking(() => TinyBert.Hidden(TinyBert.Create().Model, ids, segments, shape, lengths)).Should().Throw<T>().WithMessage(message);
    }

    [Fact]
    public void A_batch_without_masked_places_is_refused()
    {
        BertBatch batch = new();
        batch.Fill([new BertExample([1, 2, 3], [0, 0, 1], [], [], true)]);
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        FluentActions.Invoking(() => TinyBert.Create().Loss(pass, batch, out _)).Should().Throw<ArgumentException>().WithMessage("The batch has no masked place; each of its examples needs at least one.*");
    }

    [Fact]
    public void What_a_model_without_pooler_cannot_do_is_named()
    {
        BertPretrainingModel model = TinyBert.Create(TinyBert.Config with { HasPooler = false });
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor hidden = model.Model.Hidden(pass, TinyBert.Ids, TinyBert.Segments, new(2, 6), []);
        FluentActions.Invoking(() => model.Model.Pooled(hidden)).Should().Throw<InvalidOperationException>().WithMessage("This model has no pooler: *(BertConfig.HasPooler)*");
        FluentActions.Invoking(() => model.NextSentenceLogits(hidden)).Should().Throw<InvalidOperationException>().WithMessage("This model has no next-sentence head: *(BertConfig.HasPooler)*");
    }

    [Fact]
    public void A_copy_to_another_architecture_is_refused()
    {
        BertModel model = TinyBert.Create().Model;
        FluentActions.Invoking(() => model.CopyTo(TinyBert.Create(TinyBert.Config with { Layers = 3 }).Model)).Should().Throw<ArgumentException>()
            .WithMessage("This model has 2 blocks and the other 3; create it with this model's config (BertModel.Config).*");
        FluentActions.Invoking(() => model.CopyTo(TinyBert.Create(TinyBert.Config with { VocabularySize = 12 }).Model)).Should().Throw<ArgumentException>()
            .WithMessage("The parameter 'bert.embeddings.word_embeddings.weight' is [11, 8] here and [12, 8] in the other model; create it with this model's config (BertModel.Config).*");
        FluentActions.Invoking(() => TinyBert.Create().CopyTo(TinyBert.Create(TinyBert.Config with { HasPooler = false }))).Should().Throw<ArgumentException>()
            .WithMessage("This model has 38 parameters and the other 34; create it with this model's config (BertModel.Config).*");
    }
}
