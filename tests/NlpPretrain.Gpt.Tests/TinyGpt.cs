using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt.Tests;

/// <summary>Models small enough for exhaustive tests.</summary>
internal static class TinyGpt
{
    internal static readonly GptConfig Config = new() { Layers = 2, Heads = 2, Width = 8, ContextLength = 6, VocabularySize = 11, InitialDeviation = 0.02 };

    internal static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];

    /// <summary>A model whose every parameter is random, so that none of them is without effect.</summary>
    internal static GptModel Create(GptArchitecture architecture = GptArchitecture.Gpt1, bool tiesOutput = true, GptConfig? config = null)
    {
        GptModel model = new((config ?? Config) with { Architecture = architecture, TiesOutput = tiesOutput, InitialDeviation = 0.2 }, 1);
        int seed = 0;
        foreach (Parameter parameter in model.Parameters)
        {
            Random random = new(++seed);
            foreach (ref float value in parameter.Data) value = (float)(random.NextDouble() - 0.5) + (parameter.Name.Contains("ln_", StringComparison.Ordinal) && parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
        }

        return model;
    }

    /// <summary>The logits of two sequences of six tokens.</summary>
    internal static float[] Logits(GptModel model) => Logits(model, Ids, new(2, 6));

    internal static float[] Logits(GptModel model, int[] ids, Shape shape)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        return model.Logits(model.Hidden(pass, ids, shape)).Data.ToArray();
    }
}
