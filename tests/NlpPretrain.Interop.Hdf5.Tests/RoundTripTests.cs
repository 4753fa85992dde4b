using NlpPretrain.Elmo;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using PureHDF;
using PureHDF.VOL.Native;

namespace NlpPretrain.Interop.Hdf5.Tests;

public sealed class RoundTripTests : IDisposable
{
    private static readonly ElmoConfig Words = new() { Characters = null, VocabularySize = 7, Cells = 6, Projection = 4 };
    private static readonly ElmoCharacterConfig Characters = new() { EmbeddingSize = 3, Filters = [(1, 2), (2, 3)], Highways = 1, MostCharacters = 9, Activation = Activation.Tanh };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models => [.. Configs.Keys];

    private static Dictionary<string, ElmoConfig> Configs { get; } = new()
    {
        ["words"] = Words with { HasSkipConnections = false, Layers = 3 },
        ["characters"] = Words with { Characters = Characters, VocabularySize = null, Layers = 1 },
        ["characters without projection"] = Words with { Characters = Characters, Projection = 5 },
        ["cells without projection"] = Words with { Projection = 6, CellLimit = float.PositiveInfinity, ProjectionLimit = float.PositiveInfinity },
        ["no highways"] = Words with { Characters = Characters with { Highways = 0 }, CellLimit = 2.5f, Dropout = 0.25f },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_comes_back_to_the_bit(string name)
    {
        ElmoModel model = Random(Configs[name]);
        BilmTfModel.Save(model, _folder.File("options.json"), _folder.File("weights.hdf5"));
        ElmoModel again = BilmTfModel.Load(_folder.File("options.json"), _folder.File("weights.hdf5"));
        again.Config.Should().Be(model.Config);
        again.Parameters.Select(parameter => parameter.Name).Should().Equal(model.Parameters.Select(parameter => parameter.Name));
        foreach ((Parameter one, Parameter other) in model.Parameters.Zip(again.Parameters)) other.Data.ToArray().Should().Equal(one.Data.ToArray(), one.Name);
        Directory.GetFiles(_folder.Path).Should().HaveCount(2, "nothing unfinished is left");
    }

    [Fact]
    public void The_model_within_a_language_model_is_written_too()
    {
        ElmoLanguageModel model = new(Words, seed: 3);
        BilmTfModel.Save(model.Model, _folder.File("options.json"), _folder.File("weights.hdf5"));
        ElmoModel again = BilmTfModel.Load(_folder.File("options.json"), _folder.File("weights.hdf5"));
        again.Parameters.SelectMany(parameter => parameter.Data.ToArray()).Should().Equal(model.Model.Parameters.SelectMany(parameter => parameter.Data.ToArray()));
    }

    [Fact]
    public void Gates_are_in_the_order_of_the_file_and_its_forget_gate_is_without_the_one()
    {
        const int Cells = 6, Width = 4;
        ElmoModel model = new(Words, seed: 1);
        int number = 0;
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.StartsWith("backward.1.", StringComparison.Ordinal)))
        {
            foreach (ref float value in parameter.Data) value = number++;
        }

        BilmTfModel.Save(model, _folder.File("options.json"), _folder.File("weights.hdf5"));
        using NativeFile file = H5File.OpenRead(_folder.File("weights.hdf5"));
        IH5Group cell = file.Group("RNN_1/RNN/MultiRNNCell/Cell1/LSTMCell");
        float[] kernel = cell.Dataset("W_0").Read<float[]>(), bias = cell.Dataset("B").Read<float[]>(), projection = cell.Dataset("W_P_0").Read<float[]>();
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name);
        int[] ours = [0, 2, 1, 3];                                              // i, j, f, o among i, f, g, o
        for (int column = 0; column < 4 * Cells; column++)
        {
            int row = ours[column / Cells] * Cells + column % Cells;
            bias[column].Should().Be(parameters["backward.1.bias"].Data[row] - (column / Cells == 2 ? 1 : 0));
            for (int i = 0; i < Width; i++)
            {
                kernel[i * 4 * Cells + column].Should().Be(parameters["backward.1.input.weight"].Data[row * Width + i]);
                kernel[(Width + i) * 4 * Cells + column].Should().Be(parameters["backward.1.hidden.weight"].Data[row * Width + i]);
            }
        }

        for (int i = 0; i < Cells; i++)
        {
            for (int j = 0; j < Width; j++) projection[i * Width + j].Should().Be(parameters["backward.1.projection.weight"].Data[j * Cells + i]);
        }
    }

    [Fact]
    public void The_vectors_of_a_corpus_are_a_dataset_for_each_sentence()
    {
        ElmoModel model = Random(Configs["characters"]);
        InMemoryCorpus corpus = new([.. Enumerable.Range(0, 700).Select(i => string.Join(' ', Enumerable.Range(0, 1 + i % 9).Select(k => $"word{i * k}")))]);
        ElmoEmbedder embedder = new(model);
        BilmTfEmbeddings.Write(_folder.File("vectors.hdf5"), embedder, corpus, new WhitespaceTokenizer()).Should().Be(700);

        using NativeFile file = H5File.OpenRead(_folder.File("vectors.hdf5"));
        file.Children().Should().HaveCount(700);
        foreach (int i in (int[])[0, 1, 8, 333, 699])
        {
            string[] words = [.. Enumerable.Range(0, 1 + i % 9).Select(k => $"word{i * k}")];
            IH5Dataset dataset = file.Dataset($"{i}");
            dataset.Space.Dimensions.Should().Equal(2, (ulong)words.Length, 8);
            dataset.Read<float[]>().Should().Equal(embedder.Embed(words).Values.ToArray());
        }

        new Action(() => BilmTfEmbeddings.Write(_folder.File("none.hdf5"), embedder, new InMemoryCorpus(" "), new WhitespaceTokenizer())).Should().Throw<CorpusException>().WithMessage("There are no sentences*");
        using CancellationTokenSource source = new();
        source.Cancel();
        new Action(() => BilmTfEmbeddings.Write(_folder.File("none.hdf5"), embedder, corpus, new WhitespaceTokenizer(), source.Token)).Should().Throw<OperationCanceledException>();
        Directory.GetFiles(_folder.Path).Should().ContainSingle();
    }

    /// <summary>A model whose every value is random, and some of whose forget gates' biases are values that 1 cannot be taken from without a rest.</summary>
    internal static ElmoModel Random(ElmoConfig config)
    {
        ElmoModel model = new(config, seed: 1);
        Random random = new(5);
        foreach (Parameter parameter in model.Parameters)
        {
            foreach (ref float value in parameter.Data) value = (float)(random.NextDouble() * (random.Next(5) == 0 ? 1e-6 : 4) - 1e-7);
        }

        return model;
    }
}
