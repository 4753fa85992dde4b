using NlpPretrain.Core.Tests.Goldens;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

/// <summary>A text classifier's loss and every gradient against PyTorch in double precision: see tests/goldens/make_gpt_tuning.py.</summary>
public sealed class GptClassifierGoldenTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void The_loss_and_every_gradient_equal_PyTorch()
    {
        GoldenFile golden = GoldenFile.Open("gpt1-classifier");
        GptConfig config = new()
        {
            Layers = 2, Heads = 3, Width = 12, ContextLength = 8, VocabularySize = golden.ShapeOf("input.tokens_embed.weight")[0], EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0,
        };
        GptTuned tuned = new(new GptModel(config, 1), new GptHead(config, 3, hasBias: true, dropout: 0, seed: 1), new GptInputs(ToyTasks.Tokenizer, config.VocabularySize!.Value - 3, 8), isBothOrders: false);
        foreach (Parameter parameter in tuned.Parameters) golden.Singles($"input.{parameter.Name}").CopyTo(parameter.Data);

        int[] lengths = golden.Integers("lengths"), labels = golden.Integers("labels");
        int[][][] encoded = [.. golden.Integers("ids").Chunk(golden.ShapeOf("ids")[1]).Select((ids, row) => (int[][])[ids[..lengths[row]]])];
        using ClassificationTask task = new(tuned, encoded, labels, new(), new(), _ => { });
        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena);
        Tensor loss = task.Loss(pass, 0, out BatchStatistics statistics);
        loss.Backward();

        ((double)loss.Item).Should().BeApproximately(golden.Doubles("loss")[0], Tolerance);
        statistics.Mean.Should().BeApproximately(golden.Doubles("task")[0], Tolerance);
        foreach (Parameter parameter in tuned.Parameters)
        {
            double[] exact = golden.Doubles($"gradient.{parameter.Name}");
            double error = 0, norm = 0;
            for (int i = 0; i < exact.Length; i++) (error, norm) = (error + Math.Pow(parameter.Gradient[i] - exact[i], 2), norm + exact[i] * exact[i]);
            Math.Sqrt(error / norm).Should().BeLessThan(Tolerance, parameter.Name);
        }
    }
}
