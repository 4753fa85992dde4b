using System.Runtime.InteropServices;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Gpt.Tests;

/// <summary>The weights of a GPT-1 and a GPT-2 after 20 steps.</summary>
public class SameBitsEverywhereTests() : SameBitsEverywhere<SameBitsEverywhereTests>("ffdb5a5b8be34be0")
{
    private const int Batch = 3, Time = 13, Steps = 20;

    protected override IEnumerable<byte[]> Run(int workers)
    {
        using TensorArena arena = new(workers);
        foreach (GptArchitecture architecture in (GptArchitecture[])[GptArchitecture.Gpt1, GptArchitecture.Gpt2])
        {
            GptConfig config = new() { Architecture = architecture, TiesOutput = architecture == GptArchitecture.Gpt1, Layers = 2, Heads = 3, Width = 24, ContextLength = 16, VocabularySize = 61 };
            foreach (Parameter parameter in Train(config, arena).Parameters) yield return MemoryMarshal.AsBytes(parameter.Data).ToArray();
        }
    }

    private static GptModel Train(GptConfig config, TensorArena arena)
    {
        GptModel model = new(config, seed: 1);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        RandomStream random = new(7);
        int[] ids = new int[Batch * Time], targets = new int[Batch * Time];
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = random.Below((ulong)(2 * (step * ids.Length + i)), config.VocabularySize!.Value);
                targets[i] = i % 9 == 4 ? -1 : random.Below((ulong)(2 * (step * ids.Length + i) + 1), config.VocabularySize!.Value);
            }

            using Pass pass = Pass.Training(arena, seed: 3, (ulong)step);
            model.Loss(pass, ids, targets, new(Batch, Time), out _).Backward();
            optimizer.Step(3e-3, maximumNorm: 1);
        }

        return model;
    }
}
