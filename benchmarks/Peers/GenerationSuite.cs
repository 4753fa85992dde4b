using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Gpt;
using NlpPretrain.Tensors;

namespace NlpPretrain.Peers;

/// <summary>Greedy tokens of one sequence on both sides in turn, with GPT-2 small's shape and random weights.</summary>
internal static class GenerationSuite
{
    private const int PromptTokens = 16, SettlingMilliseconds = 3;
    private const float Tolerance = 2e-3f;

    public static void Run(bool quick)
    {
        (int tokens, int rounds) = quick ? (8, 3) : (32, 5);
        GptModel model = new(GptConfig.Gpt2Small, seed: 1);
        TorchDecoding theirs = new(model.Config, model.Parameters.ToDictionary(parameter => parameter.Name, TorchBuild.Copy));
        using OurDecoding ours = new(model), halves = new(model.ToBfloat16());
        Check(ours, theirs);

        double[] our = new double[rounds], half = new double[rounds], their = new double[rounds];
        for (int round = -1; round < rounds; round++)
        {
            double mine = Seconds(ours, tokens), small = Seconds(halves, tokens), other = Seconds(theirs, tokens);
            if (round >= 0) (our[round], half[round], their[round]) = (mine, small, other);
        }

        (double float32, double bfloat16, double torch) = (Median(our), Median(half), Median(their));
        Print($"gpt2-small: ours {1 / float32:F1} tokens/s, with bfloat16 weights {1 / bfloat16:F1}, libtorch ({TorchBuild.Name}) {1 / torch:F1}; {PromptTokens} tokens of prompt, {tokens} new ones, {rounds} rounds");
        Print($"RATIO generation/gpt2-small-float32-{TorchBuild.Name} {torch / float32:F2} goal -");
        Print($"RATIO generation/gpt2-small-bfloat16-{TorchBuild.Name} {torch / bfloat16:F2} goal -");
    }

    private static void Check(OurDecoding ours, TorchDecoding theirs)
    {
        ours.Begin();
        theirs.Begin();
        for (int i = 0; i < 4; i++)
        {
            (float[] mine, float[] other) = (ours.Logits(i * 7919), theirs.Logits(i * 7919));
            float difference = mine.Zip(other, (a, b) => Math.Abs(a - b)).Max();
            if (!(difference <= Tolerance)) throw new InvalidOperationException($"The logits of position {i} differ by {difference}; what is timed would not be the same work.");
        }
    }

    private static double Seconds(IDecoding side, int tokens)
    {
        Thread.Sleep(SettlingMilliseconds);                                                   // the other side's threads stop spinning
        side.Begin();
        int id = 1;
        for (int i = 0; i < PromptTokens; i++) id = side.Next(i);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < tokens; i++) id = side.Next(id);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / tokens;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

internal interface IDecoding
{
    void Begin();

    /// <summary>The most likely token behind one more.</summary>
    int Next(int id);

    float[] Logits(int id);
}

internal sealed class OurDecoding(GptModel model) : IDecoding, IDisposable
{
    private readonly TensorArena _arena = new(StepOptions.Threads);
    private readonly KeyValueCache[] _caches = [.. Enumerable.Range(0, model.Config.Layers).Select(_ => new KeyValueCache(1, 128, model.Config.Width))];

    public void Begin()
    {
        foreach (KeyValueCache cache in _caches) cache.Truncate(0);
    }

    public int Next(int id)
    {
        using Pass pass = Pass.Inference(_arena);
        return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(Logits(pass, id).Data);
    }

    public float[] Logits(int id)
    {
        using Pass pass = Pass.Inference(_arena);
        return Logits(pass, id).Data.ToArray();
    }

    public void Dispose() => _arena.Dispose();

    private Tensor Logits(Pass pass, int id) => model.Logits(model.Hidden(pass, [id], new(1, 1), _caches));
}
