using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt.Tests;

public class GptModelTests
{
    public static TheoryData<GptArchitecture> Architectures => [GptArchitecture.Gpt1, GptArchitecture.Gpt2];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void A_position_sees_none_behind_it(GptArchitecture architecture)
    {
        GptModel model = TinyGpt.Create(architecture);
        float[] one = TinyGpt.Logits(model, [1, 2, 3, 4], new(1, 4)), other = TinyGpt.Logits(model, [1, 2, 3, 9], new(1, 4));
        one[..33].Should().Equal(other[..33]);
        one[33..].Should().NotEqual(other[33..]);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Caches_give_the_same_bits(GptArchitecture architecture)
    {
        GptModel model = TinyGpt.Create(architecture);
        using TensorArena arena = new(1);
        KeyValueCache[] caches = [new(2, 6, 8), new(2, 6, 8)];
        List<float> logits = [];
        foreach ((int start, int count) in new[] { (0, 3), (3, 1), (4, 2) })
        {
            int[] ids = [.. TinyGpt.Ids.AsSpan(start, count), .. TinyGpt.Ids.AsSpan(6 + start, count)];
            using Pass pass = Pass.Inference(arena);
            logits.AddRange(model.Logits(model.Hidden(pass, ids, new(2, count), caches)).Data);
        }

        float[] whole = TinyGpt.Logits(model);
        Rows(0, 3).Concat(Rows(6, 3)).Concat(Rows(3, 1)).Concat(Rows(9, 1)).Concat(Rows(4, 2)).Concat(Rows(10, 2)).Should().Equal(logits);

        IEnumerable<float> Rows(int first, int count) => whole.Skip(first * 11).Take(count * 11);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Rows_do_not_depend_on_others_or_on_padding(GptArchitecture architecture)
    {
        GptModel model = TinyGpt.Create(architecture);
        float[] batch = TinyGpt.Logits(model, [1, 2, 3, 4, 5, 6, 7, 0, 0, 0], new(2, 5));
        batch[55..77].Should().Equal(TinyGpt.Logits(model, [6, 7], new(1, 2)));
    }

    [Fact]
    public void Names_are_those_of_Hugging_Face()
    {
        string[] block = ["attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias", "ln_1.weight", "ln_1.bias", "ln_2.weight", "ln_2.bias"];
        string[] blocks = [.. new[] { 0, 1 }.SelectMany(i => block.Select(name => $"h.{i}.{name}"))];
        Names(GptArchitecture.Gpt1, true).Should().BeEquivalentTo(["tokens_embed.weight", "positions_embed.weight", .. blocks]);
        Names(GptArchitecture.Gpt2, false).Should().BeEquivalentTo(["wte.weight", "wpe.weight", .. blocks, "ln_f.weight", "ln_f.bias", "lm_head.weight"]);

        static IEnumerable<string> Names(GptArchitecture architecture, bool ties) => TinyGpt.Create(architecture, ties).Parameters.Select(parameter => parameter.Name);
    }

    [Fact]
    public void Presets_have_the_sizes_of_the_papers()
    {
        GptConfig.Gpt1.CountParameters().Should().Be(116_534_784);
        GptConfig.Gpt2Small.CountParameters().Should().Be(124_439_808);
    }

    [Theory]
    [InlineData(GptArchitecture.Gpt1, true)]
    [InlineData(GptArchitecture.Gpt2, false)]
    public void Parameters_are_as_many_as_the_config_says(GptArchitecture architecture, bool tiesOutput)
    {
        GptModel model = TinyGpt.Create(architecture, tiesOutput);
        model.Config.CountParameters().Should().Be(model.Parameters.Sum(parameter => (long)parameter.Shape.Size));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void First_weights_have_the_papers_deviations_in_the_papers_models_and_those_of_their_width_in_others(GptArchitecture architecture)
    {
        (GptConfig.Gpt1.InitialDeviation, GptConfig.Gpt2Small.InitialDeviation, (GptConfig.Mini with { Width = 64 }).InitialDeviation).Should().Be((0.02, 0.02, 0.125));
        double deviation = 1 / Math.Sqrt(128);
        GptModel model = new(GptConfig.Tiny with { Architecture = architecture, VocabularySize = 500, TiesOutput = false, Layers = 8 }, 1);
        foreach (Parameter parameter in model.Parameters)
        {
            float[] values = parameter.Data.ToArray();
            if (parameter.Shape.Rank == 1)
            {
                values.Should().OnlyContain(value => value == (parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1), parameter.Name);
                continue;
            }

            double expected = architecture == GptArchitecture.Gpt2 && parameter.Name.EndsWith("c_proj.weight", StringComparison.Ordinal) ? deviation / 4 : deviation;
            Math.Sqrt(values.Average(value => (double)value * value)).Should().BeApproximately(expected, 0.03 * expected, parameter.Name);
            values.Average(value => (double)value).Should().BeApproximately(0, 0.05 * expected, parameter.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Each_dropout_drops_in_training_only(GptArchitecture architecture)
    {
        GptConfig none = TinyGpt.Config with { Architecture = architecture, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0, InitialDeviation = 0.5 };
        float plain = Loss(none, true);
        foreach (GptConfig config in (GptConfig[])[none with { EmbeddingDropout = 0.5f }, none with { AttentionDropout = 0.5f }, none with { ResidualDropout = 0.5f }])
        {
            Loss(config, true).Should().NotBe(plain);
            Loss(config, false).Should().Be(plain);
        }

        static float Loss(GptConfig config, bool trains)
        {
            using TensorArena arena = new(1);
            using Pass pass = trains ? Pass.Training(arena, 5) : Pass.Inference(arena);
            return new GptModel(config, 2).Loss(pass, TinyGpt.Ids, [1, 2, 3, 4, 5, 6, -1, 8, 9, 10, 0, 1], new(2, 6), out _).Item;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_loss_is_the_cross_entropy_of_the_logits(bool tiesOutput)
    {
        GptModel model = TinyGpt.Create(tiesOutput: tiesOutput);
        int[] targets = [1, 2, -1, 4, 5, 6, 7, 8, 9, -1, 0, 1];
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float loss = model.Loss(pass, TinyGpt.Ids, targets, new(2, 6), out TargetStatistics statistics).Item;

        double sum = 0;
        float[] logits = TinyGpt.Logits(model);
        for (int i = 0; i < 12; i++)
        {
            if (targets[i] < 0) continue;
            double[] row = [.. logits.Skip(11 * i).Take(11).Select(value => (double)value)];
            sum += Math.Log(row.Sum(Math.Exp)) - row[targets[i]];
        }

        statistics.Count.Should().Be(10);
        statistics.Sum.Should().BeApproximately(sum, 1e-5);
        loss.Should().BeApproximately((float)(sum / 10), 1e-6f);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_extended_model_computes_the_same_and_has_new_tokens(bool tiesOutput)
    {
        GptModel model = TinyGpt.Create(tiesOutput: tiesOutput), extended = model.Extend(3, seed: 9), again = model.Extend(3, seed: 9);
        extended.Config.Should().Be(model.Config with { VocabularySize = 14 });
        TinyGpt.Logits(extended).Chunk(14).SelectMany(row => row[..11]).Should().Equal(TinyGpt.Logits(model));

        float[] added = extended.Parameters[0].Data[88..].ToArray();
        added.Should().HaveCount(24).And.OnlyHaveUniqueItems().And.NotContain(0);
        again.Parameters[0].Data[88..].ToArray().Should().Equal(added);
        model.Extend(3, seed: 8).Parameters[0].Data[88..].ToArray().Should().NotEqual(added);
        if (!tiesOutput) extended.Parameters[^1].Data[88..].ToArray().Should().HaveCount(24).And.NotEqual(added).And.NotContain(0);
    }

    [Fact]
    public void A_copy_has_all_weights()
    {
        GptModel model = TinyGpt.Create(GptArchitecture.Gpt2), copy = new(model.Config with { EmbeddingDropout = 0 }, 77);
        model.CopyTo(copy);
        TinyGpt.Logits(copy).Should().Equal(TinyGpt.Logits(model));
    }

    [Fact]
    public void Equal_seeds_give_equal_weights()
    {
        TinyGpt.Logits(new(TinyGpt.Config, 3)).Should().Equal(TinyGpt.Logits(new(TinyGpt.Config, 3)));
        TinyGpt.Logits(new(TinyGpt.Config, 4)).Should().NotEqual(TinyGpt.Logits(new(TinyGpt.Config, 3)));
    }
}
