using NlpPretrain.Core.Tests.Goldens;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests.Parity;

/// <summary>All layers of sentences, the losses of both directions and ten steps of training with carried states, against PyTorch in double precision: see tests/goldens/make_elmo.py.</summary>
public class ElmoGoldenTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("elmo-words", false, null)]
    [InlineData("elmo-characters", true, null)]
    [InlineData("elmo-sampled", false, 20)]
    public void A_model_equals_PyTorch(string name, bool hasCharacters, int? samples)
    {
        GoldenFile golden = GoldenFile.Open(name);
        ElmoConfig config = TinyElmo.Of(hasCharacters) with { Layers = 3, Dropout = 0, VocabularySize = golden.ShapeOf("input.softmax.bias")[0] };
        ElmoLanguageModel model = new(config, 1);
        golden.Fill(model.Parameters);
        using TensorArena arena = new(2);
        CheckLayers(golden, model.Model, arena);

        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        ElmoWindow forward = new(config), backward = new(config);
        Shape windows = golden.ShapeOf("forward.targets");
        (int steps, int sequences) = (windows[0], windows[1]);
        ElmoStates states = new(config, sequences);
        List<float> losses = [];
        for (int step = 0; step < steps; step++)
        {
            Fill(forward, "forward");
            Fill(backward, "backward");
            using Pass pass = Pass.Training(arena);
            Tensor loss = samples is { } count ? model.SampledLoss(pass, forward, backward, states, count, new RandomStream(5, 1, (ulong)step), out ElmoLossStatistics statistics)
                : model.Loss(pass, forward, backward, states, out statistics);
            loss.Backward();
            losses.Add(loss.Item);
            if (step == 0)
            {
                golden.Check(output, "forward.loss", [(float)statistics.Forward.Mean]);
                golden.Check(output, "backward.loss", [(float)statistics.Backward.Mean]);
                foreach (Parameter parameter in model.Parameters) golden.Check(output, $"gradient.{parameter.Name}", parameter.Gradient);
            }

            optimizer.Step(0.01, maximumNorm: 0.2);

            void Fill(ElmoWindow window, string direction)
            {
                int[] numbers = golden.Integers($"{direction}.numbers"), targets = golden.Integers($"{direction}.targets");
                window.Fill(numbers.AsSpan(step * numbers.Length / steps, numbers.Length / steps), targets.AsSpan(step * targets.Length / steps, targets.Length / steps), sequences);
            }
        }

        double[] expected = golden.Doubles("losses");
        losses.Should().HaveCount(10).And.HaveCount(expected.Length);
        for (int i = 0; i < expected.Length; i++) golden.Check(output, $"loss {i}", [losses[i]], [expected[i]]);
    }

    private void CheckLayers(GoldenFile golden, ElmoModel model, TensorArena arena)
    {
        int[] lengths = golden.Integers("lengths");
        int[][] rows = [.. golden.Integers("numbers").Chunk(golden.Integers("numbers").Length / lengths.Length)];
        ElmoBatch batch = new(model.Config);
        batch.Fill([.. rows.Select((row, i) => row[..(row.Length / golden.ShapeOf("numbers")[1] * lengths[i])])]);
        using Pass pass = Pass.Inference(arena);
        Tensor[] layers = model.AllLayers(pass, batch);
        (int time, int width) = (batch.Shape[1], layers[0].Shape.Columns);
        golden.Check(output, "layers", [.. layers.SelectMany(layer => layer.Data.ToArray().Select((value, i) => i / width % time < lengths[i / width / time] ? value : 0))]);
    }
}
