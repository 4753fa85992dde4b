using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Gpt.Tests;

/// <summary>A steady training step allocates nothing on the managed heap, on any thread.</summary>
[Collection(nameof(Alone))]
public class TrainingStepAllocationTests
{
    private const int Batch = 4, Time = 32;

    [Theory]
    [InlineData(GptArchitecture.Gpt1)]
    [InlineData(GptArchitecture.Gpt2)]
    public void A_step_allocates_nothing(GptArchitecture architecture)
    {
        GptModel model = new(new() { Architecture = architecture, Layers = 2, Heads = 4, Width = 64, ContextLength = Time, VocabularySize = 500 }, 1);
        using TensorArena arena = new(2);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        int[] ids = [.. Enumerable.Range(0, Batch * Time).Select(i => i * 7919 % 500)], targets = [.. ids.Skip(1), -1];
        for (int step = 0; step < 30; step++) Step(step);

        Allocations.CheckNone(Step);

        void Step(int step)
        {
            using Pass pass = Pass.Training(arena, 1, (ulong)step);
            model.Loss(pass, ids, targets, new(Batch, Time), out _).Backward();
            optimizer.Step(1e-3, maximumNorm: 1);
        }
    }
}
