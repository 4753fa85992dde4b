using NlpPretrain.Elmo;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;
using PureHDF;

namespace NlpPretrain.Interop.Hdf5.Tests;

[Collection(nameof(Alone))]
public sealed class MalformedFileTests : IDisposable
{
    private static readonly ElmoConfig Config = new()
    {
        Characters = new() { EmbeddingSize = 3, Filters = [(1, 2), (2, 3)], Highways = 1, MostCharacters = 9 }, Cells = 6, Projection = 4, Layers = 1,
    };

    private readonly TemporaryFolder _folder = new();

    private string Options => _folder.File("options.json");

    private string Weights => _folder.File("weights.hdf5");

    public MalformedFileTests() => BilmTfModel.Save(RoundTripTests.Random(Config), Options, Weights);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_disagreement_of_options_and_weights_is_named()
    {
        string text = File.ReadAllText(Options).Replace("\"dim\": 6", "\"dim\": 5", StringComparison.Ordinal).Replace("\"n_highway\": 1", "\"n_highway\": 2", StringComparison.Ordinal)
            .Replace("\"n_layers\": 1", "\"n_layers\": 2", StringComparison.Ordinal);
        File.WriteAllText(Options, text);
        string message = Fails(Weights).Message;
        message.Should().StartWith($"{Weights}, weights: expected those that options.json describes, found no CNN_high_1/W_carry, expected [5, 5]; no CNN_high_1/b_carry, expected [5]; ");
        foreach (string part in (string[])["RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_0 of [8, 24], expected [8, 20]", "RNN_1/RNN/MultiRNNCell/Cell0/LSTMCell/B of [24], expected [20]",
            "RNN_1/RNN/MultiRNNCell/Cell0/LSTMCell/W_P_0 of [6, 4], expected [5, 4]", "no RNN_0/RNN/MultiRNNCell/Cell1/LSTMCell/W_0, expected [8, 20]"]) message.Should().Contain(part);
        message.Should().NotContain("CNN/").And.NotContain("char_embed").And.NotContain("CNN_high_0");
    }

    [Fact]
    public void Layers_that_the_options_have_not_are_named()
    {
        BilmTfModel.Save(RoundTripTests.Random(Config with { Layers = 2 }), _folder.File("other.json"), Weights);
        Fails(Weights).Found.Should().Contain("RNN_0/RNN/MultiRNNCell/Cell1/LSTMCell/W_0, which no layer has").And.Contain("RNN_1/RNN/MultiRNNCell/Cell1/LSTMCell/B, which no layer has").And.NotContain("Cell0");
    }

    [Theory]
    [InlineData("\"n_characters\": 262", "\"n_characters\": 261", "char_cnn.n_characters: expected 262*, found 261*")]
    [InlineData("\"activation\": \"relu\"", "\"activation\": \"gelu\"", "char_cnn.activation: expected 'relu' or 'tanh', found \"gelu\"*")]
    [InlineData("\"bidirectional\": true", "\"bidirectional\": false", "bidirectional: expected true*")]
    [InlineData("\"dim\": 6", "\"dim\": 6.5", "lstm.dim: expected a whole number, found 6.5*")]
    [InlineData("\"dim\": 6", "\"dim\": 3", "config: expected the options of a bilm-tf model, found Projection is 4*")]
    [InlineData("\"filters\"", "\"filter\"", "char_cnn.filters: expected a list of pairs*, found nothing*")]
    [InlineData("\"lstm\"", "\"gru\"", "lstm: expected an object, found nothing*")]
    [InlineData("{", "[", "JSON: expected well-formed JSON*")]
    public void Options_that_are_wrong_name_the_field(string from, string to, string message)
    {
        string text = File.ReadAllText(Options);
        text.Should().Contain(from);
        File.WriteAllText(Options, text.Replace(from, to, StringComparison.Ordinal));
        Fails(Weights).Message.Should().Match($"{Options}, {message}");
    }

    [Fact]
    public void A_file_that_is_cut_is_malformed_wherever_it_is_cut()
    {
        byte[] whole = File.ReadAllBytes(Weights);
        for (int length = 0; length < whole.Length; length += length < 400 ? 1 : 37)
        {
            File.WriteAllBytes(Weights, whole[..length]);
            Fails(Weights);
        }
    }

    [Fact]
    public void A_byte_that_is_wrong_is_an_error_or_a_value_and_nothing_else()
    {
        byte[] whole = File.ReadAllBytes(Weights);
        int errors = 0;
        for (int place = 0; place < whole.Length; place += 3)
        {
            foreach (byte change in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] wrong = [.. whole];
                wrong[place] ^= change;
                File.WriteAllBytes(Weights, wrong);
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    BilmTfModel.Load(Options, Weights);
                }
                catch (ModelFormatException)
                {
                    errors++;
                }

                (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(16 << 20, $"byte {place} ^ {change:x}");
            }
        }

        errors.Should().BeGreaterThan(100);
    }

    [Fact]
    public void Other_kinds_of_files_and_values_are_refused()
    {
        File.WriteAllText(_folder.File("text.hdf5"), "This is no HDF5 file.");
        Fails(_folder.File("text.hdf5")).Message.Should().Match("*text.hdf5, HDF5: expected a well-formed HDF5 file, found *");
        new Action(() => BilmTfModel.Load(Options, _folder.File("absent.hdf5"))).Should().Throw<FileNotFoundException>();
        new Action(() => BilmTfModel.Load(_folder.File("absent.json"), Weights)).Should().Throw<FileNotFoundException>();

        new H5File { ["char_embed"] = new H5Dataset(new double[261 * 3], fileDims: [261, 3]) }.Write(_folder.File("doubles.hdf5"));
        Fails(_folder.File("doubles.hdf5")).Found.Should().Contain("char_embed has 8-byte values of the kind FloatingPoint, expected 4-byte floats");
        new H5File { ["char_embed"] = new H5Dataset(new float[261 * 3], chunks: [87, 3], fileDims: [261, 3]) }.Write(_folder.File("chunks.hdf5"));
        Fails(_folder.File("chunks.hdf5")).Found.Should().Contain("char_embed is stored Chunked, expected in one piece");
    }

    [Fact]
    public void Links_by_name_and_objects_that_are_linked_twice_are_refused()
    {
        // Followed, the first would never end, and would end the process.
        new H5File { ["char_embed"] = new H5SoftLink("char_embed") }.Write(_folder.File("soft.hdf5"));
        Fails(_folder.File("soft.hdf5")).Found.Should().Be("a link by name or to another file, which is followed nowhere");
        H5Dataset dataset = new(new float[3]);
        new H5File { ["one"] = dataset, ["two"] = dataset }.Write(_folder.File("twice.hdf5"));
        Fails(_folder.File("twice.hdf5")).Found.Should().StartWith("two links to the object at ");
        new H5File { ["text"] = "a text", Attributes = new() { ["unit"] = 1 } }.Write(_folder.File("attribute.hdf5"));
        Fails(_folder.File("attribute.hdf5")).Found.Should().StartWith("attributes, of which weights have none");
    }

    [Fact]
    public void A_byte_of_the_originals_weights_that_is_wrong_is_an_error_or_a_value_too()
    {
        // Their headers are of another version than those that are written here.
        byte[] whole = File.ReadAllBytes(TestData.File("ckpt", "bilm-tf-fixtures", "model", "lm_weights.hdf5"));
        string options = TestData.File("ckpt", "bilm-tf-fixtures", "model", "options.json");
        int errors = 0, loads = 0;
        int[] places = [.. Enumerable.Range(0, 13_000).Where(i => i % 29 == 0), .. Enumerable.Range(19_500, 4_000).Where(i => i % 53 == 0), .. Enumerable.Range(400_000, 13_000).Where(i => i % 101 == 0)];
        foreach (int place in places)
        {
            byte[] wrong = [.. whole];
            wrong[place] ^= 0xFF;
            File.WriteAllBytes(Weights, wrong);
            try
            {
                BilmTfModel.Load(options, Weights);
                loads++;
            }
            catch (ModelFormatException)
            {
                errors++;
            }
        }

        errors.Should().BeGreaterThan(50);
        loads.Should().BeGreaterThan(50);
    }

    [Fact]
    public void Shapes_that_claim_more_than_the_file_has_take_no_memory()
    {
        BilmTfModel.Save(RoundTripTests.Random(Config with { Characters = null, VocabularySize = 7 }), Options, Weights);
        File.WriteAllText(Options, File.ReadAllText(Options).Replace("\"n_tokens_vocab\": 7", "\"n_tokens_vocab\": null", StringComparison.Ordinal));
        BilmTfModel.Load(Options, Weights).Config.VocabularySize.Should().Be(7, "the table of the words has as many rows");

        byte[] bytes = File.ReadAllBytes(Weights);
        int place = bytes.AsSpan().IndexOf([.. BitConverter.GetBytes(7L), .. BitConverter.GetBytes(4L)]);
        BitConverter.GetBytes(2_000_000_000L).CopyTo(bytes, place);
        File.WriteAllBytes(Weights, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(Weights).Found.Should().StartWith("embedding of [2000000000, 4], which are more values than the file of");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    private ModelFormatException Fails(string weights) => new Action(() => BilmTfModel.Load(Options, weights)).Should().Throw<ModelFormatException>().Which;
}
