using NlpPretrain.Tensors;

namespace NlpPretrain.Bert.Tests;

/// <summary>Models small enough for exhaustive tests.</summary>
internal static class TinyBert
{
    internal static readonly BertConfig Config = new() { Layers = 2, Heads = 2, Width = 8, InnerWidth = 12, ContextLength = 6, VocabularySize = 11, InitialDeviation = 0.02 };

    internal static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], Segments = [0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1];

    /// <summary>A model whose every parameter is random, so that none of them is without effect.</summary>
    internal static BertPretrainingModel Create(BertConfig? config = null)
    {
        BertPretrainingModel model = new(config ?? Config, 1);
        int seed = 0;
        foreach (Parameter parameter in model.Parameters)
        {
            Random random = new(++seed);
            foreach (ref float value in parameter.Data) value = (float)(random.NextDouble() - 0.5) + (parameter.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0);
        }

        return model;
    }

    /// <summary>Two sequences of six and of four tokens, with one and two masked places; the second is followed by a random one.</summary>
    internal static BertBatch Batch()
    {
        BertBatch batch = new();
        batch.Fill([new BertExample(Ids[..6], Segments[..6], [2], [7], true), new BertExample(Ids[6..10], Segments[6..10], [0, 3], [10, 5], false)]);
        return batch;
    }

    /// <summary>The vectors of two sequences of six tokens.</summary>
    internal static float[] Hidden(BertModel model) => Hidden(model, Ids, Segments, new(2, 6));

    internal static float[] Hidden(BertModel model, int[] ids, int[] segments, Shape shape, params int[] lengths)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        return model.Hidden(pass, ids, segments, shape, lengths).Data.ToArray();
    }
}
