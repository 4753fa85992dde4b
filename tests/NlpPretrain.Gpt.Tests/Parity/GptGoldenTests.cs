using NlpPretrain.Core.Tests.Goldens;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt.Tests.Parity;

/// <summary>A block, and whole models with ten steps of training, against PyTorch in double precision: see tests/goldens/make_gpt.py.</summary>
public class GptGoldenTests(ITestOutputHelper output)
{
    private static readonly GptConfig Config = new()
    {
        Layers = 2, Heads = 3, Width = 12, ContextLength = 8, VocabularySize = 23, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0, NormEpsilon = 1f / 64,
    };

    [Fact]
    public void A_block_of_GPT1_equals_PyTorch()
    {
        GoldenFile golden = GoldenFile.Open("gpt1-block");
        Gpt1Block block = new(Config, new RandomStreams(1));
        golden.Fill(block.Parameters);
        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Variable(golden.Singles("input.x"), golden.ShapeOf("input.x")), y = block.Forward(x);
        (y * pass.Copy(golden.Singles("weights"), y.Shape)).Sum().Backward();

        golden.Check(output, "output", y.Data);
        golden.Check(output, "gradient.x", x.Gradient);
        foreach (Parameter parameter in block.Parameters) golden.Check(output, $"gradient.{parameter.Name}", parameter.Gradient);
    }

    [Theory]
    [InlineData("gpt1", GptArchitecture.Gpt1, true)]
    [InlineData("gpt2", GptArchitecture.Gpt2, false)]
    public void A_model_equals_PyTorch(string name, GptArchitecture architecture, bool tiesOutput)
    {
        GoldenFile golden = GoldenFile.Open(name);
        GptModel model = new(Config with { Architecture = architecture, TiesOutput = tiesOutput }, 1);
        golden.Fill(model.Parameters);
        Shape all = golden.ShapeOf("ids"), shape = new(all[1], all[2]);
        int[][] ids = [.. golden.Integers("ids").Chunk(shape.Size)], targets = [.. golden.Integers("targets").Chunk(shape.Size)];
        using TensorArena arena = new(2);
        using (Pass pass = Pass.Inference(arena)) golden.Check(output, "logits", model.Logits(model.Hidden(pass, ids[0], shape)).Data);

        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        List<float> losses = [];
        for (int step = 0; step < ids.Length; step++)
        {
            using Pass pass = Pass.Training(arena);
            Tensor loss = model.Loss(pass, ids[step], targets[step], shape, out TargetStatistics statistics);
            loss.Backward();
            losses.Add(loss.Item);
            statistics.Count.Should().Be(targets[step].Count(target => target >= 0));
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
}
