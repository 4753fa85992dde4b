using System.Runtime.InteropServices;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Elmo.Tests;

/// <summary>The weights of two ELMos after 20 steps.</summary>
public class SameBitsEverywhereTests() : SameBitsEverywhere<SameBitsEverywhereTests>("5fb173a370286249")
{
    private const int Sequences = 3, Time = 7, Steps = 20;

    protected override IEnumerable<byte[]> Run(int workers)
    {
        using TensorArena arena = new(workers);
        foreach (bool hasCharacters in (bool[])[true, false])
        {
            ElmoConfig config = TinyElmo.Of(hasCharacters) with { Cells = 29, Projection = 13 };
            foreach (Parameter parameter in Train(config, arena).Parameters) yield return MemoryMarshal.AsBytes(parameter.Data).ToArray();
        }
    }

    /// <summary>Words are trained with the full softmax, characters with a sampled one.</summary>
    private static ElmoLanguageModel Train(ElmoConfig config, TensorArena arena)
    {
        ElmoLanguageModel model = new(config, seed: 1);
        Adagrad optimizer = new(arena, [new ParameterGroup(model.Parameters)]);
        ElmoStates states = new(config, Sequences);
        for (int step = 0; step < Steps; step++)
        {
            (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, Sequences, Time, step);
            using Pass pass = Pass.Training(arena, seed: 3, (ulong)step);
            Tensor loss = config.Characters is null ? model.Loss(pass, forward, backward, states, out _)
                : model.SampledLoss(pass, forward, backward, states, 8, new RandomStream(5, 1, (ulong)step), out _);
            loss.Backward();
            optimizer.Step(0.1, maximumNorm: 1);
        }

        return model;
    }
}
