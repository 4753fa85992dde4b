using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests;

/// <summary>Models small enough for exhaustive tests, whose limits clip some values and leave others.</summary>
internal static class TinyElmo
{
    internal const int Vocabulary = 23;

    internal static readonly ElmoConfig Words = new() { Characters = null, Layers = 2, Cells = 11, Projection = 6, CellLimit = 0.5f, ProjectionLimit = 0.4f, VocabularySize = Vocabulary };

    internal static readonly ElmoConfig Characters = Words with
    {
        Characters = new() { EmbeddingSize = 4, Filters = [(1, 3), (2, 5), (4, 7)], Highways = 2, MostCharacters = 9 },
    };

    internal static ElmoConfig Of(bool hasCharacters) => hasCharacters ? Characters : Words;

    /// <summary>A model whose every parameter is random, so that none of them is without effect.</summary>
    internal static ElmoLanguageModel Create(ElmoConfig config)
    {
        ElmoLanguageModel model = new(config, 1);
        Randomize(model);
        return model;
    }

    internal static void Randomize(Layer layer)
    {
        int seed = 0;
        foreach (Parameter parameter in layer.Parameters)
        {
            Random random = new(++seed);
            foreach (ref float value in parameter.Data) value = (float)(random.NextDouble() * 1.4 - 0.7);
        }
    }

    /// <summary>The numbers of a sequence: ids, or the characters of words of one to six bytes.</summary>
    internal static int[] Sequence(ElmoConfig config, int length, int seed)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(i => (seed * 31 + i * i * 7 + i * 17) % Vocabulary)];
        return config.Characters is null ? ids : [.. ids.SelectMany(id => WordOf(config, id))];
    }

    /// <summary>The characters of the word of an id.</summary>
    internal static int[] WordOf(ElmoConfig config, int id)
    {
        int[] token = new int[config.Characters!.MostCharacters];
        new ElmoTokens(config).Write("abcdefghijklmnopqrstuvwxyz".AsSpan(id, id % 3 + 1), token);
        return token;
    }

    internal static ElmoBatch Batch(ElmoConfig config, params int[][] sequences)
    {
        ElmoBatch batch = new(config);
        batch.Fill(sequences);
        return batch;
    }

    /// <summary>A window of each direction, and the same text for both.</summary>
    internal static (ElmoWindow Forward, ElmoWindow Backward) Windows(ElmoConfig config, int sequences, int time, int seed)
    {
        ElmoWindow forward = new(config), backward = new(config);
        int[][] ids = [.. Enumerable.Range(0, sequences).Select(row => Sequence(Words, time + 1, seed + row))];
        Fill(forward, [.. ids.SelectMany(row => row[..^1])], [.. ids.SelectMany(row => row[1..])]);
        Fill(backward, [.. ids.SelectMany(row => row[1..].Reverse())], [.. ids.SelectMany(row => row[..^1].Reverse())]);
        return (forward, backward);

        void Fill(ElmoWindow window, int[] tokens, int[] targets) => window.Fill(config.Characters is null ? tokens : [.. tokens.SelectMany(id => WordOf(config, id))], targets, sequences);
    }

    /// <summary>The vectors of all layers of one sequence of a batch, without its padding.</summary>
    internal static float[] Row(Tensor[] layers, int row, int length) =>
        [.. layers.SelectMany(layer => layer.Data.Slice(row * layer.Shape[1] * layer.Shape[2], length * layer.Shape[2]).ToArray())];

    /// <summary>The vectors of all layers of a batch that holds one sequence.</summary>
    internal static float[] Alone(ElmoModel model, int[] sequence)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        ElmoBatch batch = Batch(model.Config, sequence);
        return Row(model.AllLayers(pass, batch), 0, batch.Shape[1]);
    }
}
