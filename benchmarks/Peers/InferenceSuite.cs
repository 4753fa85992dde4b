using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Bert;
using NlpPretrain.Tensors;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>One sequence through BERT Base on both sides in turn, with random weights.</summary>
internal static class InferenceSuite
{
    private const int WarmingRounds = 3, SettlingMilliseconds = 3;
    private const float Tolerance = 1e-3f;

    public static void Run(bool quick)
    {
        BertConfig config = BertConfig.Base with { VocabularySize = 30_522 };
        BertShape shape = new(config.Layers, config.Width, config.Heads, Time: 128, Batch: 1, Masked: 1, 30_522);
        BertPretrainingModel model = new(config, seed: 1);
        Dictionary<string, TorchTensor> weights = model.Parameters.ToDictionary(parameter => parameter.Name, TorchBuild.Copy);
        set_num_threads(StepOptions.Threads);
        TorchBert theirs = new(shape, weights);
        int[] ids = [.. Enumerable.Range(0, shape.Time).Select(i => i * 7919 % shape.Vocabulary)];
        TorchTensor theirIds = TorchBuild.Indices(ids, 1, shape.Time);
        using TensorArena arena = new(StepOptions.Threads);
        float[] mine = Ours(), other = Theirs();
        float difference = mine.Zip(other, (a, b) => Math.Abs(a - b)).Max();
        if (!(difference <= Tolerance)) throw new InvalidOperationException($"The pooled vectors differ by {difference}; what is timed would not be the same work.");

        int rounds = quick ? 7 : 31;
        double[] our = new double[rounds], their = new double[rounds];
        for (int round = -WarmingRounds; round < rounds; round++)
        {
            double ourTime = Time(Ours), theirTime = Time(Theirs);
            if (round >= 0) (our[round], their[round]) = (ourTime, theirTime);
        }

        double multiplications = shape.Layers * (12.0 * shape.Width * shape.Width * shape.Time + 2.0 * shape.Time * shape.Time * shape.Width);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"bert-base, one sequence of {shape.Time}: ours {Median(our) * 1e3:F1} ms ({2e-9 * multiplications / Median(our):F0} GFLOP/s), libtorch {Median(their) * 1e3:F1} ms, {rounds} rounds"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO inference/bert-base-{TorchBuild.Name} {Median(their) / Median(our):F2} goal {(TorchBuild.IsShipped ? 2.4 : 1.2)}"));

        float[] Ours()
        {
            using Pass pass = Pass.Inference(arena);
            return model.Model.Pooled(model.Model.Hidden(pass, ids, shape.Segments, new(1, shape.Time), [])).Data.ToArray();
        }

        float[] Theirs()
        {
            using IDisposable still = no_grad();
            using var scope = NewDisposeScope();
            return theirs.Pooled(theirs.Hidden(theirIds)).data<float>().ToArray();
        }
    }

    private static double Time(Func<float[]> action)
    {
        Thread.Sleep(SettlingMilliseconds);                                                   // the other side's threads stop spinning
        long start = Stopwatch.GetTimestamp();
        _ = action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
