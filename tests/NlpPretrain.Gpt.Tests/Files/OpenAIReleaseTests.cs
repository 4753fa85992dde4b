using System.Text;
using System.Text.Json;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Gpt.Tests.Files;

public class OpenAIReleaseTests
{
    private static readonly GptConfig Config = TinyGpt.Config with { Heads = 12, Width = 24, InitialDeviation = 0.02 };

    [Fact]
    public void A_release_gives_the_same_bits()
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(config: Config);
        WriteRelease(folder, model);
        GptModel read = GptModel.Load(folder.Path);
        read.Config.Should().Be(Config);
        TinyGpt.Logits(read).Should().Equal(TinyGpt.Logits(model));
        foreach ((var one, var other) in read.Parameters.Zip(model.Parameters)) one.Data.ToArray().Should().Equal(other.Data.ToArray(), one.Name);
    }

    [Fact]
    public void The_published_shapes_are_those_of_GPT1()
    {
        using TemporaryFolder folder = new();
        File.Copy(TestData.File("vocab", "gpt1", "params_shapes.json"), folder.File("params_shapes.json"));
        for (int i = 0; i < 10; i++) WritePart(folder, i, new float[3]);
        Refused(folder, "*params_shapes.json, shapes: expected 30 values, as many as the parts have, found 116534784.");
    }

    public static TheoryData<string, string> BadShapes => new()
    {
        { "{", "*params_shapes.json, JSON: expected well-formed JSON, found *" },
        { "{}", "*params_shapes.json, JSON: expected an array of shapes, found Object." },
        { "[[6, 24], [11, 24]]", "*params_shapes.json, shapes: expected 2 and 12 for each block, found 2." },
        { "[[6, 24], [11, \"24\"]]", "*params_shapes.json, shape 1: expected an array of sizes, each at least 1, found [11, \"24\"]." },
        { "[[6, 24], [11, 0]]", "*params_shapes.json, shape 1: expected an array of sizes, each at least 1, found [11, 0]." },
        { "shape 0 [6, 25]", "*params_shapes.json, shape 0: expected [positions, width] with a width that 12 heads divide, found [6, 25]." },
        { "shape 1 [11, 25]", "*params_shapes.json, shape 1: expected [11, 24], found [11, 25]." },
        { "shape 16 [1, 24, 25]", "*params_shapes.json, shape 16: expected [1, 24, 24], found [1, 24, 25]." },
        { "shape 0 [2000000000, 24]", "*params_shapes.json, shapes: expected the sizes of a GPT, found ContextLength is 2000000000;*" },
        { "shape 0 [1000000, 24]", "*params_shapes.json, shapes: expected 14928 values, as many as the parts have, found 24014784." },
    };

    [Theory]
    [MemberData(nameof(BadShapes))]
    public void Bad_shapes_are_named(string change, string message)
    {
        using TemporaryFolder folder = new();
        WriteRelease(folder, TinyGpt.Create(config: Config));
        if (change.StartsWith("shape", StringComparison.Ordinal))
        {
            int[][] shapes = JsonSerializer.Deserialize<int[][]>(File.ReadAllText(folder.File("params_shapes.json")))!;
            shapes[int.Parse(change.Split(' ')[1])] = JsonSerializer.Deserialize<int[]>(change[change.IndexOf('[', StringComparison.Ordinal)..])!;
            change = JsonSerializer.Serialize(shapes);
        }

        folder.Write("params_shapes.json", change);
        Refused(folder, message);
    }

    public static TheoryData<string, string> BadHeaders => new()
    {
        { "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "*params_4.npy, byte 10, header: expected 'descr': '<f4', little-endian float32, found \"'<f8',*" },
        { "{'descr': '<f4', 'fortran_order': True, 'shape': (3,), }", "*params_4.npy, byte 10, header: expected 'fortran_order': False, found *" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1), }", "*params_4.npy, byte 10, header: expected a shape of one axis, (N,), found *" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }", "*params_4.npy, byte 10, header: expected a shape of one axis, (N,), found *" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000000000000,), }", "*params_4.npy, byte *, values: expected the 9000000000000000000 of the header, of 4 bytes each, found 12 bytes." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", "*params_4.npy, byte *, values: expected the 4 of the header, of 4 bytes each, found 12 bytes." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "*params_4.npy, byte *, values: expected the 2 of the header, of 4 bytes each, found 12 bytes." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}", "*params_4.npy, byte 10, header: expected the end of the dictionary, found *" },
        { "", "*params_4.npy, byte 10, header: expected a dictionary of 'descr', 'fortran_order' and 'shape', found \"\"." },
        { new string(' ', 5000), "*params_4.npy, byte 8, header length: expected at most 4096, found 5000." },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Bad_headers_are_named(string header, string message)
    {
        using TemporaryFolder folder = new();
        WriteRelease(folder, TinyGpt.Create(config: Config));
        WritePart(folder, 4, new float[3], header);
        Refused(folder, message);
    }

    [Fact]
    public void Other_files_are_no_parts()
    {
        using TemporaryFolder folder = new();
        WriteRelease(folder, TinyGpt.Create(config: Config));
        byte[] part = File.ReadAllBytes(folder.File("params_7.npy"));
        File.WriteAllBytes(folder.File("params_7.npy"), part[..9]);
        Refused(folder, "*params_7.npy, byte 9, header length: expected 1 more bytes, found the end of the file.");
        File.WriteAllBytes(folder.File("params_7.npy"), [0x92, .. part[1..]]);
        Refused(folder, "*params_7.npy, byte 0, magic number: expected \\x93NUMPY, found 924E554D5059.");
        part[6] = 3;
        File.WriteAllBytes(folder.File("params_7.npy"), part);
        Refused(folder, "*params_7.npy, byte 6, version: expected 1 or 2, found 3.");
        File.Delete(folder.File("params_7.npy"));
        FluentActions.Invoking(() => GptModel.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*params_7.npy*");
    }

    [Fact]
    public void A_header_of_version_2_is_read()
    {
        using TemporaryFolder folder = new();
        GptModel model = TinyGpt.Create(config: Config);
        WriteRelease(folder, model);
        byte[] part = File.ReadAllBytes(folder.File("params_0.npy"));
        File.WriteAllBytes(folder.File("params_0.npy"), [.. part[..6], 2, 0, part[8], part[9], 0, 0, .. part[10..]]);
        TinyGpt.Logits(GptModel.Load(folder.Path)).Should().Equal(TinyGpt.Logits(model));
    }

    private static void Refused(TemporaryFolder folder, string message) =>
        FluentActions.Invoking(() => GptModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);

    /// <summary>The weights of a model as OpenAI released GPT-1's, by its own order and names.</summary>
    private static void WriteRelease(TemporaryFolder folder, GptModel model)
    {
        (int context, int vocabulary, int width) = (model.Config.ContextLength, model.Config.VocabularySize!.Value, model.Config.Width);
        List<float> values = [];
        List<int[]> shapes = [];
        Put("positions_embed.weight", context, width);
        Put("tokens_embed.weight", vocabulary, width);
        for (int i = 0; i < model.Config.Layers; i++)
        {
            Put($"h.{i}.attn.c_attn.weight", 1, width, 3 * width);
            Put($"h.{i}.attn.c_attn.bias", 3 * width);
            Put($"h.{i}.attn.c_proj.weight", 1, width, width);
            Put($"h.{i}.attn.c_proj.bias", width);
            Put($"h.{i}.ln_1.weight", width);
            Put($"h.{i}.ln_1.bias", width);
            Put($"h.{i}.mlp.c_fc.weight", 1, width, 4 * width);
            Put($"h.{i}.mlp.c_fc.bias", 4 * width);
            Put($"h.{i}.mlp.c_proj.weight", 1, 4 * width, width);
            Put($"h.{i}.mlp.c_proj.bias", width);
            Put($"h.{i}.ln_2.weight", width);
            Put($"h.{i}.ln_2.bias", width);
        }

        folder.Write("params_shapes.json", JsonSerializer.Serialize(shapes));
        int[] lengths = [.. Enumerable.Repeat(values.Count / 10, 9), values.Count - values.Count / 10 * 9];
        lengths[3] += lengths[5];                                                                              // an empty part is no end
        lengths[5] = 0;
        for (int i = 0, start = 0; i < 10; start += lengths[i++]) WritePart(folder, i, values.GetRange(start, lengths[i]));

        void Put(string name, params int[] shape)
        {
            Parameter parameter = model.Parameters.Single(parameter => parameter.Name == name);
            shapes.Add(shape);
            for (int place = 0; place < parameter.Shape.Size; place++)
            {
                int inner = shape[^1], outer = parameter.Shape.Size / inner;
                values.Add(shape.Length == 3 ? parameter.Data[place % inner * outer + place / inner] : parameter.Data[place]);
            }
        }
    }

    private static void WritePart(TemporaryFolder folder, int part, IReadOnlyCollection<float> values, string? header = null)
    {
        header ??= $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({values.Count},), }}".PadRight(117) + "\n";
        using BinaryWriter writer = new(File.Create(folder.File($"params_{part}.npy")));
        writer.Write([0x93, .. "NUMPY"u8, 1, 0]);
        writer.Write((ushort)header.Length);
        writer.Write(Encoding.ASCII.GetBytes(header));
        foreach (float value in values) writer.Write(value);
    }
}
