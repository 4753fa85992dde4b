using System.Text.Json;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>OpenAI's release of GPT-1: params_0.npy to params_9.npy hold all weights one behind the other, and params_shapes.json says how to cut them.</summary>
/// <remarks>
/// In order: positions, tokens (without special ones), and for each block c_attn, c_proj, the first norm's gain and bias, c_fc, c_proj, the second norm's. Weights are
/// [1, inputs, outputs]. The number of heads is not in the files; it is 12. Source: openai/finetune-transformer-lm, train.py.
/// </remarks>
internal static class OpenAIRelease
{
    internal const string ShapesFile = "params_shapes.json";

    private const int Parts = 10, Heads = 12, TensorsBefore = 2, TensorsOfBlock = 12;

    internal static bool IsIn(string folder) => File.Exists(Path.Combine(folder, ShapesFile));

    /// <param name="folder">The folder.</param>
    /// <param name="create">Creates the model, once the files are known to hold as many values as it has.</param>
    internal static GptModel Read(string folder, Func<GptConfig, GptModel> create)
    {
        string path = Path.Combine(folder, ShapesFile);
        List<long[]> shapes = ReadShapes(path);
        GptConfig config = ConfigOf(path, shapes);
        using NpyParts parts = new([.. Enumerable.Range(0, Parts).Select(i => Path.Combine(folder, $"params_{i}.npy"))]);
        Int128 count = 0;
        foreach (long[] shape in shapes) count += CountOf(shape);
        if (count != parts.Count) throw new ModelFormatException(path, "shapes", $"{parts.Count} values, as many as the parts have", $"{count}");

        GptModel model = create(config);
        (Parameter tokens, Parameter positions) = (model.Parameters[0], model.Parameters[1]);
        foreach (Parameter parameter in (IEnumerable<Parameter>)[positions, tokens, .. model.Parameters.Skip(TensorsBefore)])
        {
            if (Transposition.Has(parameter)) Transposition.Read(parameter, (_, rows) => parts.Read(rows));
            else parts.Read(parameter.Data);
        }

        return model;
    }

    private static List<long[]> ReadShapes(string path)
    {
        JsonElement root = JsonFields.ReadRoot(path);
        if (root.ValueKind != JsonValueKind.Array) throw new ModelFormatException(path, "JSON", "an array of shapes", $"{root.ValueKind}");
        List<long[]> shapes = [];
        foreach (JsonElement shape in root.EnumerateArray())
        {
            if (shape.ValueKind != JsonValueKind.Array || !shape.EnumerateArray().All(IsSize))
                throw new ModelFormatException(path, $"shape {shapes.Count}", "an array of sizes, each at least 1", shape.GetRawText()[..Math.Min(shape.GetRawText().Length, 80)]);
            shapes.Add([.. shape.EnumerateArray().Select(size => size.GetInt64())]);
        }

        return shapes;

        static bool IsSize(JsonElement size) => size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int value) && value >= 1;
    }

    private static GptConfig ConfigOf(string path, List<long[]> shapes)
    {
        int layers = (shapes.Count - TensorsBefore) / TensorsOfBlock;
        if (layers < 1 || shapes.Count != TensorsBefore + layers * TensorsOfBlock)
            throw new ModelFormatException(path, "shapes", $"{TensorsBefore} and {TensorsOfBlock} for each block", $"{shapes.Count}");
        if (shapes[0] is not [var context, var width] || width % Heads != 0)
            throw new ModelFormatException(path, "shape 0", $"[positions, width] with a width that {Heads} heads divide", Describe(shapes[0]));

        Require(path, shapes, 1, [shapes[1][0], width]);
        for (int block = TensorsBefore; block < shapes.Count; block += TensorsOfBlock)
        {
            long[][] expected =
            [
                [1, width, 3 * width], [3 * width], [1, width, width], [width], [width], [width],
                [1, width, 4 * width], [4 * width], [1, 4 * width, width], [width], [width], [width],
            ];
            for (int i = 0; i < expected.Length; i++) Require(path, shapes, block + i, expected[i]);
        }

        GptConfig config = GptConfig.Gpt1 with { Layers = layers, Heads = Heads, Width = (int)width, ContextLength = (int)context, VocabularySize = (int)shapes[1][0], InitialDeviation = 0.02 };
        try
        {
            config.Validate();
        }
        catch (ArgumentException cause)
        {
            throw new ModelFormatException(path, "shapes", "the sizes of a GPT", cause.Message, innerException: cause);
        }

        return config;
    }

    private static void Require(string path, List<long[]> shapes, int index, long[] expected)
    {
        if (!shapes[index].SequenceEqual(expected)) throw new ModelFormatException(path, $"shape {index}", Describe(expected), Describe(shapes[index]));
    }

    private static Int128 CountOf(long[] shape) => shape.Aggregate((Int128)1, (product, size) => product * size);

    private static string Describe(long[] shape) => $"[{string.Join(", ", shape.Take(8))}]";
}
