using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests;

public class ElmoModelTests
{
    public static TheoryData<bool, int, bool, int> Depths
    {
        get
        {
            TheoryData<bool, int, bool, int> cases = [];
            foreach (bool hasCharacters in (bool[])[true, false])
            {
                for (int layers = 1; layers <= 3; layers++)
                {
                    foreach (bool skips in (bool[])[true, false]) cases.Add(hasCharacters, layers, skips, 6);
                }

                cases.Add(hasCharacters, 2, true, 11);                                                 // as many as there are cells: no projection
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Depths))]
    public void All_layers_agree_with_the_slow_reference(bool hasCharacters, int layers, bool skips, int projection)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters) with { Layers = layers, HasSkipConnections = skips, Projection = projection };
        ElmoModel model = TinyElmo.Create(config).Model;
        SlowElmo slow = new(config, model);
        foreach (int length in (int[])[1, 2, 9])
        {
            int[] sequence = TinyElmo.Sequence(config, length, length);
            double[] expected = [.. slow.AllLayers(sequence).SelectMany(layer => layer.SelectMany(vector => vector))];
            float[] ours = TinyElmo.Alone(model, sequence);
            ours.Should().HaveCount(expected.Length).And.HaveCount((layers + 1) * length * 2 * projection);
            for (int i = 0; i < ours.Length; i++) ((double)ours[i]).Should().BeApproximately(expected[i], 2e-6);
        }

        slow.Clipped.Should().BeGreaterThan(10);
    }

    [Fact]
    public void Tanh_no_highway_and_as_many_filters_as_the_projection_agree_with_the_slow_reference()
    {
        ElmoConfig config = TinyElmo.Characters with { Characters = new() { EmbeddingSize = 3, Filters = [(3, 4), (9, 2)], Highways = 0, MostCharacters = 9, Activation = Activation.Tanh } };
        ElmoModel model = TinyElmo.Create(config).Model;
        model.Parameters.Should().NotContain(parameter => parameter.Name.Contains("projection", StringComparison.Ordinal) && parameter.Name.StartsWith("tokens", StringComparison.Ordinal));
        int[] sequence = TinyElmo.Sequence(config, 5, 1);
        double[] expected = [.. new SlowElmo(config, model).AllLayers(sequence).SelectMany(layer => layer.SelectMany(vector => vector))];
        float[] ours = TinyElmo.Alone(model, sequence);
        for (int i = 0; i < ours.Length; i++) ((double)ours[i]).Should().BeApproximately(expected[i], 2e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Neighbours_place_and_padding_change_no_bit_of_a_sequence(bool hasCharacters)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters) with { Cells = 37, Projection = 19 };
        ElmoModel model = TinyElmo.Create(config).Model;
        int[] lengths = [33, 1, 17, 20, 7];
        int[][] sequences = [.. lengths.Select((length, row) => TinyElmo.Sequence(config, length, row))];
        float[][] alone = [.. sequences.Select(sequence => TinyElmo.Alone(model, sequence))];
        foreach (int workers in (int[])[1, 2, 3, 4])
        {
            foreach (int[] order in (int[][])[[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 2], [1], [3, 0]])
            {
                using TensorArena arena = new(workers);
                using Pass pass = Pass.Inference(arena);
                Tensor[] layers = model.AllLayers(pass, TinyElmo.Batch(config, [.. order.Select(row => sequences[row])]));
                for (int i = 0; i < order.Length; i++) TinyElmo.Row(layers, i, lengths[order[i]]).Should().Equal(alone[order[i]]);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_layer_has_the_tokens_vectors_twice(bool hasCharacters)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters);
        ElmoModel model = TinyElmo.Create(config).Model;
        ElmoBatch batch = TinyElmo.Batch(config, TinyElmo.Sequence(config, 4, 1), TinyElmo.Sequence(config, 2, 2));
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor first = model.AllLayers(pass, batch)[0], tokens = model.TokenVectors(pass, batch);
        (first.Shape, tokens.Shape).Should().Be((new Shape(2, 4, 12), new Shape(2, 4, 6)));
        first.Slice(2, 0, 6).Data.ToArray().Should().Equal(tokens.Data.ToArray());
        first.Slice(2, 6, 6).Data.ToArray().Should().Equal(tokens.Data.ToArray());
    }

    [Theory]
    [InlineData(true, ElmoDirection.Forward)]
    [InlineData(true, ElmoDirection.Backward)]
    [InlineData(false, ElmoDirection.Forward)]
    [InlineData(false, ElmoDirection.Backward)]
    public void A_text_in_parts_with_states_has_the_bits_of_the_whole(bool hasCharacters, ElmoDirection direction)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters);
        ElmoModel model = TinyElmo.Create(config).Model;
        int size = Math.Max(config.Characters?.MostCharacters ?? 1, 1);
        int[][] whole = [TinyElmo.Sequence(config, 9, 1), TinyElmo.Sequence(config, 9, 2)];
        ElmoStates states = new(config, 2);
        float[] first = Read([.. whole.Select(row => row[..(4 * size)])], states), second = Read([.. whole.Select(row => row[(4 * size)..])], states), all = Read(whole, null);
        all.Should().Equal([.. first, .. second]);

        float[] without = Read([.. whole.Select(row => row[(4 * size)..])], null);
        without.Should().NotEqual(second);
        states.Clear();
        Read([.. whole.Select(row => row[(4 * size)..])], states).Should().Equal(without);

        float[] Read(int[][] sequences, ElmoStates? states)
        {
            using TensorArena arena = new(2);
            using Pass pass = Pass.Inference(arena);
            return model.Read(pass, direction, TinyElmo.Batch(config, sequences), states).Data.ToArray();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void States_are_those_after_the_end_of_each_sequence(bool readsOneDirection)
    {
        ElmoModel model = TinyElmo.Create(TinyElmo.Words).Model;
        int[] shorter = TinyElmo.Sequence(model.Config, 3, 1), longer = TinyElmo.Sequence(model.Config, 8, 2);
        ElmoStates alone = Run([shorter]);
        Check(Run([longer, shorter]), row: 1);
        Check(Run([shorter, longer]), row: 0);

        void Check(ElmoStates together, int row)
        {
            foreach (ElmoDirection direction in Enum.GetValues<ElmoDirection>())
            {
                for (int layer = 0; layer < 2; layer++)
                {
                    together.Hidden(direction, layer).Slice(row * 6, 6).ToArray().Should().Equal(alone.Hidden(direction, layer).ToArray()).And.Contain(value => value != 0);
                    together.Cells(direction, layer).Slice(row * 11, 11).ToArray().Should().Equal(alone.Cells(direction, layer).ToArray()).And.Contain(value => value != 0);
                }
            }
        }

        ElmoStates Run(int[][] sequences)
        {
            ElmoStates states = new(model.Config, sequences.Length);
            using TensorArena arena = new(1);
            for (int time = 0; time < 2; time++)
            {
                using Pass pass = Pass.Inference(arena);
                ElmoBatch batch = TinyElmo.Batch(model.Config, sequences);
                if (!readsOneDirection) model.AllLayers(pass, batch, states);
                else foreach (ElmoDirection direction in Enum.GetValues<ElmoDirection>()) model.Read(pass, direction, batch, states);
            }

            return states;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_dropout_drops_in_training_only(bool hasCharacters)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters);
        float plain = Loss(config with { Dropout = 0 }, true);
        Loss(config with { Dropout = 0.5f }, true).Should().NotBe(plain);
        Loss(config with { Dropout = 0.5f }, false).Should().Be(plain);

        static float Loss(ElmoConfig config, bool trains)
        {
            using TensorArena arena = new(1);
            using Pass pass = trains ? Pass.Training(arena, 5) : Pass.Inference(arena);
            (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, 2, 5, 1);
            return TinyElmo.Create(config).Loss(pass, forward, backward, null, out _).Item;
        }
    }

    [Fact]
    public void The_input_of_each_LSTM_is_dropped_and_the_input_of_a_skip_connection_with_it()
    {
        ElmoConfig config = TinyElmo.Words with { Dropout = 0.5f };
        ElmoModel model = TinyElmo.Create(config).Model;
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.Contains("forward.1", StringComparison.Ordinal))) parameter.Data.Clear();
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena, 5);
        Tensor[] layers = model.AllLayers(pass, TinyElmo.Batch(config, TinyElmo.Sequence(config, 9, 1)));
        float[] below = layers[1].Slice(2, 0, 6).Data.ToArray(), above = layers[2].Slice(2, 0, 6).Data.ToArray();
        above.Count(value => value == 0).Should().BeInRange(12, 42);
        for (int i = 0; i < above.Length; i++)
        {
            if (above[i] != 0) above[i].Should().Be(2 * below[i]);
        }
    }

    [Fact]
    public void The_first_LSTM_reads_tokens_of_which_some_values_are_dropped()
    {
        ElmoConfig config = TinyElmo.Words with { Layers = 1, Dropout = 0.5f };
        ElmoModel model = TinyElmo.Create(config).Model;
        Read(trains: true).Should().NotEqual(Read(trains: false));

        float[] Read(bool trains)
        {
            using TensorArena arena = new(1);
            using Pass pass = trains ? Pass.Training(arena, 5) : Pass.Inference(arena);
            return model.Read(pass, ElmoDirection.Forward, TinyElmo.Batch(config, TinyElmo.Sequence(config, 9, 1))).Data.ToArray();
        }
    }

    [Fact]
    public void What_the_softmax_sees_is_dropped()
    {
        ElmoConfig config = TinyElmo.Words with { Layers = 1, Dropout = 0.5f };
        ElmoLanguageModel model = TinyElmo.Create(config);
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.EndsWith("0.input.weight", StringComparison.Ordinal))) parameter.Data.Clear();       // tokens have no effect
        Loss(trains: true).Should().NotBe(Loss(trains: false));

        float Loss(bool trains)
        {
            using TensorArena arena = new(1);
            using Pass pass = trains ? Pass.Training(arena, 5) : Pass.Inference(arena);
            (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, 2, 5, 1);
            return model.Loss(pass, forward, backward, null, out _).Item;
        }
    }

    [Fact]
    public void Parameters_have_the_names_of_their_layers()
    {
        string[] stack = ["0.input.weight", "0.hidden.weight", "0.bias", "0.projection.weight", "1.input.weight", "1.hidden.weight", "1.bias", "1.projection.weight"];
        string[] stacks = [.. stack.Select(name => $"forward.{name}"), .. stack.Select(name => $"backward.{name}")];
        Names(new ElmoModel(TinyElmo.Words, 1)).Should().Equal(["tokens.words.weight", .. stacks]);
        string[] characters =
        [
            "tokens.characters.weight", .. Enumerable.Range(0, 3).SelectMany(i => new[] { $"tokens.convolution.{i}.weight", $"tokens.convolution.{i}.bias" }),
            .. Enumerable.Range(0, 2).SelectMany(i => new[] { "transform.weight", "transform.bias", "carry.weight", "carry.bias" }.Select(name => $"tokens.highways.{i}.{name}")),
            "tokens.projection.weight", "tokens.projection.bias",
        ];
        Names(new ElmoLanguageModel(TinyElmo.Characters, 1)).Should().Equal([.. characters.Concat(stacks).Select(name => $"elmo.{name}"), "softmax.weight", "softmax.bias"]);

        static IEnumerable<string> Names(Layer layer) => layer.Parameters.Select(parameter => parameter.Name);
    }

    [Fact]
    public void Presets_have_the_sizes_of_the_published_models()
    {
        ElmoConfig.Small.CountParameters().Should().Be(13_593_296);
        ElmoConfig.Medium.CountParameters().Should().Be(28_027_728);
        ElmoConfig.Original.CountParameters().Should().Be(93_600_848);
        foreach (ElmoConfig config in (ElmoConfig[])[ElmoConfig.Tiny, ElmoConfig.Mini]) new ElmoModel(config with { VocabularySize = 100 }, 1).Config.Characters.Should().BeNull();
    }

    [Theory]
    [InlineData(true, 6)]
    [InlineData(false, 6)]
    [InlineData(true, 15)]
    [InlineData(false, 20)]
    public void Parameters_are_as_many_and_of_the_shapes_that_the_config_says(bool hasCharacters, int projection)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters) with { Layers = 3, Cells = 20, Projection = projection };
        ElmoLanguageModel model = new(config, 1);
        config.CountParameters().Should().Be(model.Model.Parameters.Sum(parameter => (long)parameter.Shape.Size));
        ElmoParameterShapes.Of(config).Select(one => ($"elmo.{one.Name}", one.Shape)).Concat(ElmoParameterShapes.OfSoftmax(config))
            .Should().Equal(model.Parameters.Select(parameter => (parameter.Name, parameter.Shape)));
    }

    [Fact]
    public void Equal_seeds_give_equal_weights()
    {
        foreach (ElmoConfig config in (ElmoConfig[])[TinyElmo.Words, TinyElmo.Characters])
        {
            int[] sequence = TinyElmo.Sequence(config, 5, 1);
            float[] third = TinyElmo.Alone(new(config, 3), sequence);
            TinyElmo.Alone(new(config, 3), sequence).Should().Equal(third);
            TinyElmo.Alone(new ElmoLanguageModel(config, 3).Model, sequence).Should().Equal(third);
            TinyElmo.Alone(new(config, 4), sequence).Should().NotEqual(third);
        }
    }

    [Fact]
    public void A_copy_has_all_weights()
    {
        ElmoLanguageModel model = TinyElmo.Create(TinyElmo.Characters), copy = new(TinyElmo.Characters with { Dropout = 0.3f }, 9);
        model.CopyTo(copy);
        foreach ((Parameter one, Parameter other) in model.Parameters.Zip(copy.Parameters)) other.Data.ToArray().Should().Equal(one.Data.ToArray());
        int[] sequence = TinyElmo.Sequence(model.Model.Config, 5, 1);
        TinyElmo.Alone(model.Model.Copy(model.Model.Config with { Dropout = 0 }), sequence).Should().Equal(TinyElmo.Alone(model.Model, sequence));
    }

    [Fact]
    public void Configs_compare_by_value_and_are_written_alike_in_every_culture()
    {
        ElmoConfig config = ElmoConfig.Original with { Characters = new() { Filters = new List<(int, int)> { (1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024) } } };
        config.Should().Be(ElmoConfig.Original);
        config.GetHashCode().Should().Be(ElmoConfig.Original.GetHashCode());
        (config with { Characters = config.Characters with { Filters = [(1, 32)] } }).Should().NotBe(config);
        config.ToString().Should().Be("ElmoConfig { Characters = ElmoCharacterConfig { EmbeddingSize = 16, Filters = [(1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024)], Highways = 2, " +
            "MostCharacters = 50, Activation = Relu }, Layers = 2, Cells = 4096, Projection = 512, HasSkipConnections = True, CellLimit = 3, ProjectionLimit = 3, Dropout = 0.1, VocabularySize =  }");
    }
}
