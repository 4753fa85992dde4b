using NlpPretrain.Core.Tests.Goldens;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Bert.Tests.Parity;

/// <summary>Encoder, pooler and both heads, with ten steps of training, against PyTorch in double precision: see tests/goldens/make_bert.py.</summary>
public class BertGoldenTests(ITestOutputHelper output)
{
    private static readonly BertConfig Config = new() { Layers = 2, Heads = 3, Width = 12, InnerWidth = 20, ContextLength = 8, VocabularySize = 23, Dropout = 0, AttentionDropout = 0 };

    [Theory]
    [InlineData("bert", false)]
    [InlineData("bert-tanh", true)]
    public void A_model_equals_PyTorch(string name, bool isTanh)
    {
        GoldenFile golden = GoldenFile.Open(name);
        BertPretrainingModel model = new(Config with { UsesTanhGelu = isTanh, HasPooler = !isTanh }, 1);
        golden.Fill(model.Parameters);
        using TensorArena arena = new(2);
        CheckOutputs(golden, model, arena);

        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        List<float> losses = [];
        BertBatch batch = new();
        for (int step = 0; step < golden.ShapeOf("ids")[0]; step++)
        {
            batch.Fill(Examples(golden, step), padding: 22);
            using Pass pass = Pass.Training(arena);
            Tensor loss = model.Loss(pass, batch, out BertLossStatistics statistics);
            loss.Backward();
            losses.Add(loss.Item);
            (statistics.Masked.Count, statistics.NextSentence.Count).Should().Be((6, isTanh ? 0 : 3));
            (statistics.Masked.Mean + statistics.NextSentence.Mean).Should().BeApproximately(loss.Item, 1e-6);
            if (step == 0)
            {
                foreach (Parameter parameter in model.Parameters) golden.Check(output, $"gradient.{parameter.Name}", parameter.Gradient);
            }

            optimizer.Step(0.01, maximumNorm: 0.5);
        }

        double[] expected = golden.Doubles("losses");
        losses.Should().HaveCount(10).And.HaveCount(expected.Length);
        for (int i = 0; i < expected.Length; i++) golden.Check(output, $"loss {i}", [losses[i]], [expected[i]]);
    }

    private void CheckOutputs(GoldenFile golden, BertPretrainingModel model, TensorArena arena)
    {
        BertBatch batch = new();
        batch.Fill(Examples(golden, 0));
        using Pass pass = Pass.Inference(arena);
        Tensor[] all = model.Model.AllHidden(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths);
        int[] lengths = batch.Lengths.ToArray();
        float[] hidden = [.. all.SelectMany(layer => layer.Data.ToArray().Select((value, i) => i / 12 % 7 < lengths[i / 84] ? value : 0))];

        golden.Check(output, "hidden", hidden);
        model.Model.Hidden(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths).Data.SequenceEqual(all[^1].Data).Should().BeTrue();
        golden.Check(output, "masked", model.MaskedLogits(model.MaskedHidden(all[^1], batch.Places)).Data);
        if (!model.Model.Config.HasPooler) return;

        Tensor pooled = model.Model.Pooled(all[^1]);
        golden.Check(output, "pooled", pooled.Data);
        golden.Check(output, "sentences", model.NextSentenceLogits(pooled).Data);
    }

    /// <summary>The sequences of a step, without the padding of the file.</summary>
    private static BertExample[] Examples(GoldenFile golden, int step)
    {
        Shape shape = golden.ShapeOf("ids");
        (int sequences, int time, int masked) = (shape[1], shape[2], golden.ShapeOf("places")[1] / shape[1]);
        return [.. Enumerable.Range(step * sequences, sequences).Select(row => new BertExample(Part("ids", time, row), Part("segments", time, row),
            [.. golden.Integers("places").Skip(row * masked).Take(masked).Select(place => place % time)], [.. golden.Integers("words").Skip(row * masked).Take(masked)],
            IsNext: golden.Integers("next")[row] == 0))];

        int[] Part(string name, int size, int row) => [.. golden.Integers(name).Skip(row * size).Take(golden.Integers("lengths")[row])];
    }
}
