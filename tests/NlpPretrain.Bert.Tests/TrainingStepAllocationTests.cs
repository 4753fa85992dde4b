using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Bert.Tests;

/// <summary>A steady training step allocates nothing on the managed heap, on any thread, whatever the lengths of its sequences are.</summary>
[Collection(nameof(Alone))]
public class TrainingStepAllocationTests
{
    [Fact]
    public void A_step_allocates_nothing()
    {
        BertPretrainingModel model = new(new() { Layers = 2, Heads = 4, Width = 64, ContextLength = 32, VocabularySize = 500 }, 1);
        using TensorArena arena = new(2);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.01));
        BertExample[] examples = [.. Enumerable.Range(0, 12).Select(Example)];
        BertBatch batch = new();
        for (int step = 0; step < 30; step++) Step(step);

        Allocations.CheckNone(Step);

        void Step(int step)
        {
            batch.Fill(examples.AsSpan(step % 3 * 4, 4));
            using Pass pass = Pass.Training(arena, 1, (ulong)step);
            model.Loss(pass, batch, out _).Backward();
            optimizer.Step(1e-3, maximumNorm: 1);
        }

        static BertExample Example(int number)
        {
            int length = 32 - 2 * number;
            int[] ids = [.. Enumerable.Range(0, length).Select(i => (number * 1000 + i) * 7919 % 500)];
            return new(ids, [.. ids.Select((_, i) => 2 * i / length)], [1, length / 2], [number, 100 + number], number % 2 == 0);
        }
    }
}
