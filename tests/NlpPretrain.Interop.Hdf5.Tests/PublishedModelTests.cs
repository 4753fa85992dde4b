using System.Text.Json;
using NlpPretrain.Elmo;
using NlpPretrain.Elmo.Tests;
using NlpPretrain.Testing;
using PureHDF;
using PureHDF.VOL.Native;

namespace NlpPretrain.Interop.Hdf5.Tests;

/// <summary>Weights that bilm-tf trained, and the vectors that it computed with them: those of the last layer, of thirty sentences.</summary>
public sealed class PublishedModelTests(ITestOutputHelper output) : IDisposable
{
    private const int Batches = 10, Sentences = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batch_by_batch_the_vectors_are_those_of_the_original()
    {
        ElmoModel model = BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5"));
        CheckVectors(new ElmoEmbedder(model), model.Config);
    }

    [Fact]
    public void The_same_with_vectors_of_words_in_place_of_characters()
    {
        ElmoModel model = BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5"));
        string[] words = [.. Texts().SelectMany(row => row).SelectMany(sentence => sentence).Distinct()];
        ElmoVocabulary vocabulary = ElmoVocabulary.Create(Text.WordVocabulary.Create(words));
        BilmTfEmbeddings.WriteTokens(_folder.File("tokens.hdf5"), model, vocabulary);

        ElmoModel byIds = BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5"), _folder.File("tokens.hdf5"));
        (byIds.Config.Characters, byIds.Config.VocabularySize).Should().Be((null, vocabulary.Count));
        CheckVectors(new ElmoEmbedder(byIds, vocabulary), byIds.Config);
    }

    /// <summary>The original published the last layer only, so the others are compared with a reference that gives the same last layer.</summary>
    [Fact]
    public void Batch_by_batch_all_layers_are_those_of_the_slow_reference_and_its_last_those_of_the_original()
    {
        ElmoModel model = BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5"));
        ElmoEmbedder embedder = new(model);
        ElmoTokens tokens = new(model.Config);
        string[][][] texts = Texts();
        ElmoStates states = new(model.Config, Sentences);
        SlowElmo[] slow = [.. texts.Select(_ => new SlowElmo(model.Config, model, carriesStates: true))];
        double[] ours = new double[model.Config.Layers + 1];
        double original = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            IReadOnlyList<ElmoVectors> vectors = embedder.EmbedNext([.. texts.Select(row => row[batch])], states);
            for (int row = 0; row < Sentences; row++)
            {
                double[][] layers = [.. slow[row].AllLayers(tokens.Encode(texts[row][batch])).Select(layer => layer[1..^1].SelectMany(vector => vector).ToArray())];
                for (int i = 0; i < ours.Length; i++) ours[i] = Math.Max(ours[i], Largest(layers[i], vectors[row].Layer(i)));
                original = Math.Max(original, Largest(layers[^1], Expected(row, batch, texts[row][batch].Length, model.Config.Projection)));
            }
        }

        for (int i = 0; i < ours.Length; i++) output.WriteLine(FormattableString.Invariant($"FIGURE elmo/layer-{i} {ours[i]:E1} largest difference to double precision goal 1E-006"));
        output.WriteLine(FormattableString.Invariant($"FIGURE elmo/original {original:E1} largest difference of bilm-tf to double precision goal 1E-006"));
        ours.Max().Should().BeLessThan(1e-6);
        original.Should().BeLessThan(1e-6);

        static double Largest(double[] exact, ReadOnlySpan<float> found)
        {
            found.Length.Should().Be(exact.Length);
            double largest = 0;
            for (int i = 0; i < exact.Length; i++) largest = Math.Max(largest, Math.Abs(exact[i] - found[i]));
            return largest;
        }
    }

    [Fact]
    public void The_options_are_those_of_the_file()
    {
        ElmoConfig config = BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5")).Config;
        config.Should().Be(new ElmoConfig
        {
            Characters = new() { EmbeddingSize = 4, Filters = [(1, 4), (2, 8), (3, 16), (4, 32), (5, 64)], Highways = 2, MostCharacters = 50 },
            Layers = 2, Cells = 64, Projection = 16, HasSkipConnections = false, CellLimit = 3, ProjectionLimit = 3,
        });
    }

    [Fact]
    public void Written_and_read_back_it_is_equal_to_the_bit()
    {
        ElmoModel model = BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5"));
        BilmTfModel.Save(model, _folder.File("options.json"), _folder.File("weights.hdf5"));
        ElmoModel again = BilmTfModel.Load(_folder.File("options.json"), _folder.File("weights.hdf5"));
        again.Config.Should().Be(model.Config);
        foreach ((Tensors.Parameter one, Tensors.Parameter other) in model.Parameters.Zip(again.Parameters)) other.Data.ToArray().Should().Equal(one.Data.ToArray(), one.Name);
    }

    [Fact]
    public void A_written_file_has_the_values_of_the_original()
    {
        BilmTfModel.Save(BilmTfModel.Load(Fixture("options.json"), Fixture("lm_weights.hdf5")), _folder.File("options.json"), _folder.File("weights.hdf5"));
        using NativeFile original = H5File.OpenRead(Fixture("lm_weights.hdf5")), written = H5File.OpenRead(_folder.File("weights.hdf5"));
        int count = 0;
        Compare(original, "");
        count.Should().Be(33);

        void Compare(IH5Group group, string prefix)
        {
            foreach (IH5Object child in group.Children())
            {
                string name = prefix + child.Name;
                if (child is IH5Group inner) Compare(inner, name + "/");
                if (child is not IH5Dataset dataset) continue;

                count++;
                IH5Dataset ours = written.Dataset(name);
                ours.Space.Dimensions.Should().Equal(dataset.Space.Dimensions, name);
                float[] expected = dataset.Read<float[]>(), found = ours.Read<float[]>();
                // Adding 1 to the forget gate's bias takes the digits behind its 24th.
                if (name.EndsWith("/B", StringComparison.Ordinal)) found.Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= 6e-8f, name);
                else found.Should().Equal(expected, name);
            }
        }
    }

    /// <summary>Ten batches of three sentences of different lengths, one after the other, and each goes on where the one before it ended: bilm-tf's tests/test_model.py.</summary>
    private static void CheckVectors(ElmoEmbedder embedder, ElmoConfig config)
    {
        string[][][] texts = Texts();
        ElmoStates states = new(config, Sentences);
        int compared = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            IReadOnlyList<ElmoVectors> vectors = embedder.EmbedNext([.. texts.Select(row => row[batch])], states);
            for (int row = 0; row < Sentences; row++)
            {
                float[] expected = Expected(row, batch, texts[row][batch].Length, config.Projection);
                ReadOnlySpan<float> found = vectors[row].Top;
                found.Length.Should().Be(expected.Length);
                for (int i = 0; i < expected.Length; i++) Math.Abs(found[i] - expected[i]).Should().BeLessThanOrEqualTo(1e-6f + 1e-5f * Math.Abs(expected[i]), $"batch {batch}, sentence {row}, value {i}");
                compared += expected.Length;
            }
        }

        compared.Should().BeGreaterThan(20_000);
    }

    /// <summary>[T, 2P] of a file's [2, T, P]: the forward direction's vectors and the backward one's.</summary>
    private static float[] Expected(int row, int batch, int words, int width)
    {
        using NativeFile file = H5File.OpenRead(Fixture($"lm_embeddings_{row}.hdf5"));
        IH5Dataset dataset = file.Dataset($"{batch}");
        dataset.Space.Dimensions.Should().Equal(2, (ulong)words, (ulong)width);
        float[] values = dataset.Read<float[]>(), turned = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int direction = i / (words * width), word = i / width % words;
            turned[word * 2 * width + direction * width + i % width] = values[i];
        }

        return turned;
    }

    /// <summary>Three texts of ten sentences of words.</summary>
    private static string[][][] Texts() =>
        [.. JsonSerializer.Deserialize<string[][]>(File.ReadAllText(Fixture("lm_embeddings_sentences.json")))!.Select(row => row.Select(sentence => sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToArray())];

    private static string Fixture(string name) => TestData.File("ckpt", "bilm-tf-fixtures", "model", name);
}
