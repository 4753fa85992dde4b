using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt.Tests;

public class GptErrorTests
{
    public static TheoryData<GptConfig, string> BadConfigs => new()
    {
        { TinyGpt.Config with { Layers = 0 }, "Layers is 0; it must be from 1 to 1000 (GptConfig.Layers)." },
        { TinyGpt.Config with { Heads = 3 }, "A width of 8 does not divide into 3 heads; make it a multiple (GptConfig.Width, GptConfig.Heads)." },
        { TinyGpt.Config with { Width = 514, Heads = 2 }, "A width of 514 gives 2 heads 257 columns each; at most 256 are computed: take more heads (GptConfig.Heads)." },
        { TinyGpt.Config with { Heads = 0 }, "Heads is 0; it must be from 1 to 8 (GptConfig.Heads)." },
        { TinyGpt.Config with { Width = -1 }, "Width is -1; it must be from 1 to 65536 (GptConfig.Width)." },
        { TinyGpt.Config with { ContextLength = 0 }, "ContextLength is 0; it must be from 1 to 1048576 (GptConfig.ContextLength)." },
        { TinyGpt.Config with { VocabularySize = 0 }, "VocabularySize is 0; it must be from 1 to 2147483647 (GptConfig.VocabularySize)." },
        { TinyGpt.Config with { VocabularySize = null }, "A model needs the size of its vocabulary: give the number of the tokenizer's tokens (GptConfig.VocabularySize).*" },
        { TinyGpt.Config with { EmbeddingDropout = 1 }, "EmbeddingDropout is 1; it must be from 0 to below 1 (GptConfig.EmbeddingDropout)." },
        { TinyGpt.Config with { AttentionDropout = -0.5f }, "AttentionDropout is -0.5; it must be from 0 to below 1 (GptConfig.AttentionDropout)." },
        { TinyGpt.Config with { ResidualDropout = float.NaN }, "ResidualDropout is NaN; it must be from 0 to below 1 (GptConfig.ResidualDropout)." },
        { TinyGpt.Config with { NormEpsilon = 0 }, "NormEpsilon is 0; it must be positive and finite (GptConfig.NormEpsilon)." },
        { TinyGpt.Config with { InitialDeviation = 0 }, "InitialDeviation is 0; it must be positive and finite (GptConfig.InitialDeviation)." },
        { TinyGpt.Config with { Architecture = (GptArchitecture)7 }, "Architecture is 7; it must be one of Gpt1, Gpt2 (GptConfig.Architecture)." },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void A_config_names_what_is_wrong(GptConfig config, string message) =>
        FluentActions.Invoking(() => new GptModel(config, 1)).Should().Throw<ArgumentException>().WithMessage(message);

    [Fact]
    public void Heads_of_any_size_that_a_config_allows_are_computed()
    {
        GptModel model = TinyGpt.Create(config: TinyGpt.Config with { Width = 256, Heads = 1 });
        TinyGpt.Logits(model, [1, 2, 3], new(1, 3)).Should().HaveCount(3 * 11);
    }

    [Fact]
    public void Sequences_that_do_not_fit_are_refused()
    {
        Refused<ArgumentException>([1, 2, 3, 4, 5, 6, 7], new(1, 7), "The sequence has 7 tokens; this model was configured for 6 (GptConfig.ContextLength).*");
        Refused<ArgumentException>([], new(1, 1), "The sequence is empty; the model needs at least one token.*");
        Refused<ArgumentException>([1, 2, 3], new(1, 2), "3 ids were given in the shape [1, 2]; the model needs a shape [B, T] of as many.*");
        Refused<ArgumentException>([1, 2, 3], new(3), "3 ids were given in the shape *");
        Refused<ArgumentOutOfRangeException>([1, 11], new(1, 2), "Id 11, at place 1, is not one of the model's 11 tokens (GptConfig.VocabularySize); use the tokenizer that the model was trained with.*");
        Refused<ArgumentOutOfRangeException>([-1], new(1, 1), "Id -1, at place 0, is not one of the model's 11 tokens *");

        static void Refused<T>(int[] ids, Shape shape, string message) where T : Exception =>
            FluentActions.Invoking(() => TinyGpt.Logits(TinyGpt.Create(), ids, shape)).Should().Throw<T>().WithMessage(message);
    }

    [Fact]
    public void Caches_that_do_not_fit_are_refused()
    {
        Refused([new(1, 6, 8)], [1], "1 caches were given; the model needs one for each of its 2 blocks (GptConfig.Layers).*");
        KeyValueCache[] caches = [new(1, 9, 8), new(1, 9, 8)];
        using TensorArena arena = new(1);
        using (Pass pass = Pass.Inference(arena)) TinyGpt.Create().Hidden(pass, [1, 2, 3, 4], new(1, 4), caches);
        Refused(caches, [1, 2, 3], "The sequence has 7 tokens, 4 of them in the caches; this model was configured for 6 (GptConfig.ContextLength).*");
        caches[1].Truncate(2);
        Refused(caches, [1], "Cache 1 has 2 positions of row 0 and cache 0 has 4; truncate them to one length (KeyValueCache.Truncate).*");

        static void Refused(KeyValueCache[] caches, int[] ids, string message) => FluentActions.Invoking(() =>
        {
            using TensorArena arena = new(1);
            using Pass pass = Pass.Inference(arena);
            TinyGpt.Create().Hidden(pass, ids, new(1, ids.Length), caches);
        }).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void A_copy_to_another_architecture_is_refused()
    {
        GptModel model = TinyGpt.Create();
        FluentActions.Invoking(() => model.CopyTo(TinyGpt.Create(GptArchitecture.Gpt2))).Should().Throw<ArgumentException>()
            .WithMessage("This model is a Gpt1 of 26 parameters and the other a Gpt2 of 28; create it with this model's config (GptModel.Config).*");
        FluentActions.Invoking(() => model.CopyTo(TinyGpt.Create(config: TinyGpt.Config with { VocabularySize = 12 }))).Should().Throw<ArgumentException>()
            .WithMessage("The parameter 'tokens_embed.weight' is *");
        FluentActions.Invoking(() => model.Extend(-1, 1)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
