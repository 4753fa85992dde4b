using NlpPretrain.Tensors;

namespace NlpPretrain.Bert.Tests;

public class BertModelTests
{
    // Sizes that fill no tile, register or block of the kernels, with more positions than a block of the attention.
    private static readonly BertConfig Odd = new() { Layers = 2, Heads = 3, Width = 51, InnerWidth = 77, ContextLength = 90, VocabularySize = 101 };

    [Fact]
    public void Neighbours_place_and_padding_change_no_bit_of_a_sequence()
    {
        BertPretrainingModel model = TinyBert.Create(Odd);
        int[] lengths = [70, 1, 33, 64, 17];
        int[][] ids = [.. lengths.Select((length, row) => Enumerable.Range(0, length).Select(i => (row * 31 + i * 17) % 101).ToArray())];
        int[][] segments = [.. lengths.Select((length, row) => Enumerable.Range(0, length).Select(i => (i + row) / 20 % 2).ToArray())];
        float[][] alone = [.. lengths.Select((_, row) => Rows([row], lengths[row], 0)[0])];

        foreach (int[] order in (int[][])[[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 2], [1], [3, 0]])
        {
            foreach (int time in (int[])[order.Max(row => lengths[row]), 80, 90])
            {
                foreach (int padding in (int[])[0, 100])
                {
                    float[][] rows = Rows(order, time, padding);
                    for (int i = 0; i < order.Length; i++) rows[i].Should().Equal(alone[order[i]]);
                }
            }
        }

        // All that is computed of each sequence: the vectors of every layer, some of them by themselves, the pooled one, and the logits of both heads.
        float[][] Rows(int[] order, int time, int padding)
        {
            int[] all = [.. order.SelectMany(row => ids[row].Concat(Enumerable.Repeat(padding, time - lengths[row])))];
            int[] kinds = [.. order.SelectMany(row => segments[row].Concat(Enumerable.Repeat(padding % 2, time - lengths[row])))];
            int[] some = [.. order.Select(row => lengths[row])];
            Shape shape = new(order.Length, time);
            int[] places = [.. order.SelectMany((row, i) => new[] { i * time, i * time + lengths[row] / 2 })];
            using TensorArena arena = new(2);
            using Pass pass = Pass.Inference(arena);
            Tensor[] layers = model.Model.AllHidden(pass, all, kinds, shape, some);
            Tensor at = model.Model.HiddenAt(pass, all, kinds, shape, some, places), pooled = model.Model.Pooled(layers[^1]);
            Tensor words = model.MaskedLogits(model.MaskedHidden(layers[^1], places)), sentences = model.NextSentenceLogits(pooled);
            float[][] rows = new float[order.Length][];
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = [.. layers.SelectMany(layer => layer.Data.Slice(i * time * 51, lengths[order[i]] * 51).ToArray()),
                    .. Part(at, i, 102), .. Part(pooled, i, 51), .. Part(words, i, 202), .. Part(sentences, i, 2)];
            }

            return rows;
        }

        static float[] Part(Tensor tensor, int i, int size) => tensor.Data.Slice(i * size, size).ToArray();
    }

    [Fact]
    public void Some_vectors_have_the_bits_of_all()
    {
        BertModel model = TinyBert.Create(Odd).Model;
        int[] ids = [.. Enumerable.Range(0, 150).Select(i => i * 7 % 101)], places = [149, 0, 75, 3, 3, 80];
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor all = model.Hidden(pass, ids, [], new(2, 75), []), some = model.HiddenAt(pass, ids, [], new(2, 75), [], places);
        some.Shape.Should().Be(new Shape(6, 51));
        some.Data.ToArray().Should().Equal(all.GatherRows(places).Data.ToArray());
        model.Pooled(all).Data.ToArray().Should().Equal(model.Pooled(all.GatherRows([0, 75])).Data.ToArray());
    }

    [Fact]
    public void A_position_sees_both_ways_and_its_segment()
    {
        BertModel model = TinyBert.Create().Model;
        float[] one = Hidden([1, 2, 3, 4], [0, 0, 1, 1]);
        foreach (float[] other in (float[][])[Hidden([1, 2, 3, 9], [0, 0, 1, 1]), Hidden([9, 2, 3, 4], [0, 0, 1, 1]), Hidden([1, 2, 3, 4], [0, 0, 0, 1]), Hidden([2, 1, 3, 4], [0, 0, 1, 1])])
        {
            for (int place = 0; place < 4; place++) other.AsSpan(8 * place, 8).SequenceEqual(one.AsSpan(8 * place, 8)).Should().BeFalse();
        }

        Hidden([1, 2, 3, 4], []).Should().Equal(Hidden([1, 2, 3, 4], [0, 0, 0, 0]));

        float[] Hidden(int[] ids, int[] segments) => TinyBert.Hidden(model, ids, segments, new(1, 4));
    }

    [Fact]
    public void Names_are_those_of_Hugging_Face()
    {
        string[] block =
        [
            .. Linear("attention.self.query_key_value"), .. Linear("attention.output.dense"), .. Linear("attention.output.LayerNorm"),
            .. Linear("intermediate.dense"), .. Linear("output.dense"), .. Linear("output.LayerNorm"),
        ];
        string[] encoder =
        [
            "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight", .. Linear("embeddings.LayerNorm"),
            .. new[] { 0, 1 }.SelectMany(i => block.Select(name => $"encoder.layer.{i}.{name}")), .. Linear("pooler.dense"),
        ];
        string[] heads = [.. Linear("cls.predictions.transform.dense"), .. Linear("cls.predictions.transform.LayerNorm"), "cls.predictions.bias", .. Linear("cls.seq_relationship")];

        new BertModel(TinyBert.Config, 1).Parameters.Select(parameter => parameter.Name).Should().Equal(encoder);
        TinyBert.Create().Parameters.Select(parameter => parameter.Name).Should().Equal([.. encoder.Select(name => $"bert.{name}"), .. heads]);

        static string[] Linear(string name) => [$"{name}.weight", $"{name}.bias"];
    }

    [Fact]
    public void Presets_have_the_sizes_of_the_papers()
    {
        BertConfig.Base.CountParameters().Should().Be(109_482_240);
        BertConfig.ChineseBase.CountParameters().Should().Be(102_267_648);
        (BertConfig Config, long Count)[] small = [(BertConfig.Tiny, 4_385_920), (BertConfig.Mini, 11_170_560), (BertConfig.Small, 28_763_648), (BertConfig.Medium, 41_373_184)];
        foreach ((BertConfig config, long count) in small) (config with { VocabularySize = 30_522 }).CountParameters().Should().Be(count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parameters_are_as_many_as_the_config_says(bool hasPooler)
    {
        BertModel model = TinyBert.Create(TinyBert.Config with { HasPooler = hasPooler }).Model;
        model.Config.CountParameters().Should().Be(model.Parameters.Sum(parameter => (long)parameter.Shape.Size));
    }

    [Fact]
    public void First_weights_are_truncated_normal()
    {
        BertPretrainingModel model = new(BertConfig.Tiny with { VocabularySize = 500 }, 1);
        foreach (Parameter parameter in model.Parameters)
        {
            float[] values = parameter.Data.ToArray();
            if (parameter.Shape.Rank == 1)
            {
                values.Should().OnlyContain(value => value == (parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1), parameter.Name);
                continue;
            }

            double drawn = 1 / Math.Sqrt(128), deviation = 0.87963 * drawn;                                                 // of what is left within two deviations
            values.Max(Math.Abs).Should().BeLessThanOrEqualTo((float)(2 * drawn), parameter.Name).And.BeGreaterThan((float)(1.75 * drawn), parameter.Name);
            Math.Sqrt(values.Average(value => (double)value * value)).Should().BeApproximately(deviation, deviation * 3 / Math.Sqrt(values.Length), parameter.Name);
        }
    }

    [Fact]
    public void Each_dropout_drops_in_training_only()
    {
        BertConfig none = TinyBert.Config with { Dropout = 0, AttentionDropout = 0, InitialDeviation = 0.5 };
        float plain = Loss(none, true);
        foreach (BertConfig config in (BertConfig[])[none with { Dropout = 0.5f }, none with { AttentionDropout = 0.5f }])
        {
            Loss(config, true).Should().NotBe(plain);
            Loss(config, false).Should().Be(plain);
        }

        static float Loss(BertConfig config, bool trains)
        {
            using TensorArena arena = new(1);
            using Pass pass = trains ? Pass.Training(arena, 5) : Pass.Inference(arena);
            return new BertPretrainingModel(config, 2).Loss(pass, TinyBert.Batch(), out _).Item;
        }
    }

    [Fact]
    public void The_embeddings_and_each_sublayer_drop()
    {
        BertConfig config = TinyBert.Config with { Dropout = 0.5f, AttentionDropout = 0 };
        using TensorArena arena = new(1);
        using (Pass pass = Pass.Training(arena, 5)) TinyBert.Create(config).Model.AllHidden(pass, TinyBert.Ids, [], new(2, 6), [])[0].Data.ToArray().Count(value => value == 0).Should().BeInRange(30, 66);

        BertBlock block = TinyBert.Create(config).Model.Blocks[0];
        foreach (string silent in (string[])["encoder.layer.0.output.dense", "attention.output.dense"])
        {
            float[][] kept = [.. block.Parameters.Select(parameter => parameter.Data.ToArray())];
            foreach (Parameter parameter in block.Parameters.Where(parameter => parameter.Name.Contains(silent, StringComparison.Ordinal))) parameter.Data.Clear();
            Output(trains: true).Should().NotEqual(Output(trains: false), silent);
            foreach ((Parameter parameter, float[] values) in block.Parameters.Zip(kept)) values.CopyTo(parameter.Data);
        }

        float[] Output(bool trains)
        {
            using Pass pass = trains ? Pass.Training(arena, 5) : Pass.Inference(arena);
            return block.Forward(pass.Copy([.. Enumerable.Range(0, 48).Select(i => i % 7 - 3f)], new(1, 6, 8)), []).Data.ToArray();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_loss_is_the_cross_entropy_of_both_heads_logits(bool hasPooler)
    {
        BertPretrainingModel model = TinyBert.Create(TinyBert.Config with { HasPooler = hasPooler });
        BertBatch batch = TinyBert.Batch();
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float loss = model.Loss(pass, batch, out BertLossStatistics statistics).Item;

        Tensor hidden = model.Model.Hidden(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths);
        (double words, int correct) = CrossEntropy(model.MaskedLogits(model.MaskedHidden(hidden, batch.Places)), batch.Labels);
        statistics.Masked.Should().Be(new TargetStatistics(statistics.Masked.Sum, 3, correct));
        statistics.Masked.Sum.Should().BeApproximately(words, 1e-5);
        if (!hasPooler)
        {
            statistics.NextSentence.Should().Be(default(TargetStatistics));
            loss.Should().BeApproximately((float)(words / 3), 1e-6f);
            return;
        }

        (double sentences, correct) = CrossEntropy(model.NextSentenceLogits(model.Model.Pooled(hidden)), batch.NextSentenceLabels);
        statistics.NextSentence.Should().Be(new TargetStatistics(statistics.NextSentence.Sum, 2, correct));
        statistics.NextSentence.Sum.Should().BeApproximately(sentences, 1e-5);
        loss.Should().BeApproximately((float)(words / 3 + sentences / 2), 1e-6f);

        static (double Sum, int Correct) CrossEntropy(Tensor logits, ReadOnlySpan<int> targets)
        {
            (double sum, int correct) = (0, 0);
            for (int i = 0; i < targets.Length; i++)
            {
                double[] row = [.. logits.Data.Slice(i * logits.Shape.Columns, logits.Shape.Columns).ToArray().Select(value => (double)value)];
                sum += Math.Log(row.Sum(Math.Exp)) - row[targets[i]];
                if (row[targets[i]] == row.Max()) correct++;
            }

            return (sum, correct);
        }
    }

    [Fact]
    public void A_copy_has_all_weights_and_a_pooler_may_come_or_go()
    {
        BertModel model = TinyBert.Create().Model, copy = new(model.Config with { Dropout = 0 }, 77);
        model.CopyTo(copy);
        TinyBert.Hidden(copy).Should().Equal(TinyBert.Hidden(model));
        Pooler(copy).Should().Equal(Pooler(model)).And.HaveCount(72);

        BertModel without = model.Copy(model.Config with { HasPooler = false }, 1), with = without.Copy(model.Config, 5), other = without.Copy(model.Config, 6);
        foreach (BertModel one in (BertModel[])[without, with, other]) TinyBert.Hidden(one).Should().Equal(TinyBert.Hidden(model));
        Pooler(without).Should().BeEmpty();
        Pooler(with).Should().NotEqual(Pooler(model)).And.NotEqual(Pooler(other));
        Pooler(model.Copy(model.Config, 9)).Should().Equal(Pooler(model));

        static float[] Pooler(BertModel model) => [.. model.Parameters.Where(parameter => parameter.Name.Contains("pooler", StringComparison.Ordinal)).SelectMany(parameter => parameter.Data.ToArray())];
    }

    [Fact]
    public void Equal_seeds_give_equal_weights()
    {
        TinyBert.Hidden(new(TinyBert.Config, 3)).Should().Equal(TinyBert.Hidden(new(TinyBert.Config, 3)));
        TinyBert.Hidden(new(TinyBert.Config, 4)).Should().NotEqual(TinyBert.Hidden(new(TinyBert.Config, 3)));
        TinyBert.Hidden(new BertPretrainingModel(TinyBert.Config, 3).Model).Should().Equal(TinyBert.Hidden(new(TinyBert.Config, 3)));
    }
}
