using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Elmo.Tests;

/// <summary>A steady training step allocates nothing on the managed heap, on any thread.</summary>
[Collection(nameof(Alone))]
public class TrainingStepAllocationTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_step_allocates_nothing(bool hasCharacters, bool isSampled)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters) with { Cells = 64, Projection = 16, VocabularySize = 500 };
        ElmoLanguageModel model = new(config, 1);
        using TensorArena arena = new(2);
        Adagrad optimizer = new(arena, [new ParameterGroup(model.Parameters)]);
        ElmoStates states = new(config, 4);
        int[] ids = [.. Enumerable.Range(0, 240).Select(i => i * 7919 % 500)], numbers = hasCharacters ? [.. ids.SelectMany(id => TinyElmo.WordOf(config, id % TinyElmo.Vocabulary))] : ids;
        int size = numbers.Length / ids.Length;
        ElmoWindow forward = new(config), backward = new(config);
        for (int step = 0; step < 30; step++) Step(step);

        Allocations.CheckNone(Step);

        void Step(int step)
        {
            int start = step % 3 * 40;
            forward.Fill(numbers.AsSpan(start * size, 80 * size), ids.AsSpan(start + 1, 80), 4);
            backward.Fill(numbers.AsSpan((start + 20) * size, 80 * size), ids.AsSpan(start, 80), 4);
            using Pass pass = Pass.Training(arena, 1, (ulong)step);
            Tensor loss = isSampled ? model.SampledLoss(pass, forward, backward, states, 50, new RandomStream(1, 1, (ulong)step), out _) : model.Loss(pass, forward, backward, states, out _);
            loss.Backward();
            optimizer.Step(0.1, maximumNorm: 1);
        }
    }
}
