using System.Runtime.InteropServices;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Bert.Tests;

/// <summary>The weights of two BERTs after 20 steps.</summary>
public class SameBitsEverywhereTests() : SameBitsEverywhere<SameBitsEverywhereTests>("9133450908eac653")
{
    private const int Batch = 3, Time = 13, Steps = 20;

    protected override IEnumerable<byte[]> Run(int workers)
    {
        using TensorArena arena = new(workers);
        foreach (bool isFull in (bool[])[true, false])
        {
            BertConfig config = new() { UsesTanhGelu = !isFull, HasPooler = isFull, Layers = 2, Heads = 3, Width = 24, ContextLength = 16, VocabularySize = 61 };
            foreach (Parameter parameter in Train(config, arena).Parameters) yield return MemoryMarshal.AsBytes(parameter.Data).ToArray();
        }
    }

    private static BertPretrainingModel Train(BertConfig config, TensorArena arena)
    {
        BertPretrainingModel model = new(config, seed: 1);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.01));
        BertBatch batch = new();
        for (int step = 0; step < Steps; step++)
        {
            batch.Fill([.. Enumerable.Range(0, Batch).Select(row => Example(new RandomStream(7, (ulong)row, (ulong)step), config.VocabularySize!.Value))]);
            using Pass pass = Pass.Training(arena, seed: 3, (ulong)step);
            model.Loss(pass, batch, out _).Backward();
            optimizer.Step(3e-3, maximumNorm: 1);
        }

        return model;
    }

    private static BertExample Example(RandomStream random, int vocabulary)
    {
        int length = Time - random.Below(0, 5), middle = random.Below(1, length);
        int[] ids = [.. Enumerable.Range(0, length).Select(i => random.Below((ulong)(10 + i), vocabulary))];
        return new(ids, [.. ids.Select((_, i) => i < middle ? 0 : 1)], [random.Below(2, length / 2), length - 1], [random.Below(3, vocabulary), random.Below(4, vocabulary)], random.Below(5, 2) == 0);
    }
}
