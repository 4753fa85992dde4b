using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using static TorchSharp.torch;

namespace NlpPretrain.Peers;

/// <summary>Single operations on both sides in turn: results and gradients must agree before either is timed.</summary>
internal sealed class OperationSuite : IDisposable
{
    private const int Threads = 2, SettlingMilliseconds = 3, OptimizedWeights = 10_000_000;
    private const double Tolerance = 1e-4, RateTolerance = 2e-2, Goal = 1.0, WarmingSeconds = 0.4;

    private readonly TensorArena _arena = new(Threads);
    private readonly int _rounds;
    private readonly double _turnSeconds;

    private OperationSuite(bool quick) => (_rounds, _turnSeconds) = quick ? (5, 5e-3) : (15, 10e-3);

    public static void Run(bool quick)
    {
        set_num_threads(Threads);
        using OperationSuite suite = new(quick);
        foreach (OperationCase operation in OperationCase.All) suite.Compare(operation);
        suite.CompareAdamW();
    }

    public void Dispose() => _arena.Dispose();

    internal static Seconds Between(long start, long forward, long between, long end) =>
        new((double)(forward - start) / Stopwatch.Frequency, (double)(end - between) / Stopwatch.Frequency);

    private void Compare(OperationCase operation)
    {
        Parameter[] inputs = [.. operation.Inputs.Select((shape, i) => Filled(shape, (ulong)i))];
        Shape result;
        using (Pass pass = Pass.Inference(_arena)) result = operation.Ours(pass, [.. inputs.Select(input => pass.Copy(input.Data, input.Shape))]).Shape;
        float[] targets = Filled(result, 99).Data.ToArray();
        OurOperation ours = new(operation, _arena, inputs, targets);
        TorchOperation theirs = new(operation, inputs, targets, result);

        (float[][] mine, float[][] other) = (ours.Values(), theirs.Values());
        for (int i = 0; i < mine.Length; i++)
        {
            string what = i == 0 ? "result" : $"gradient of input {i}";
            if (operation.IsRandom) CheckRate(operation.Name, what, mine[i], other[i]);
            else CheckEqual(operation.Name, what, mine[i], other[i]);
        }

        Time(operation.Name, ours.Run, theirs.Run, hasForward: true);
    }

    /// <summary>The update of AdamW alone, without clipping.</summary>
    private void CompareAdamW()
    {
        const double Rate = 1e-3, Decay = 0.1;
        Parameter ours = Filled(new(OptimizedWeights), 1);
        TorchSharp.Modules.Parameter theirs = new(TorchBuild.Copy(ours));
        float[] gradient = Filled(new(OptimizedWeights), 2).Data.ToArray();
        AdamW mine = new(_arena, [new([ours]) { WeightDecay = Decay }]) { SecondDecay = 0.999 };
        optim.Optimizer other = optim.AdamW([theirs], lr: Rate, weight_decay: Decay);
        theirs.grad = tensor(gradient);
        for (int step = 0; step < 3; step++) _ = (Ours(), Theirs());
        CheckEqual("adamw", "weights after three steps", ours.Data.ToArray(), theirs.detach().data<float>().ToArray());
        Time("adamw-10m", Ours, Theirs, hasForward: false);

        Seconds Ours()
        {
            using (Pass pass = Pass.Training(_arena)) (ours.AsTensor() * pass.Copy(gradient, ours.Shape)).Sum().Backward();
            long start = Stopwatch.GetTimestamp();
            mine.Step(Rate);
            long end = Stopwatch.GetTimestamp();
            return Between(start, start, start, end);
        }

        Seconds Theirs()
        {
            using var scope = NewDisposeScope();
            long start = Stopwatch.GetTimestamp();
            other.step();
            long end = Stopwatch.GetTimestamp();
            return Between(start, start, start, end);
        }
    }

    private void Time(string name, Func<Seconds> ours, Func<Seconds> theirs, bool hasForward)
    {
        (int ourCalls, int theirCalls) = (Warm(ours), Warm(theirs));
        Seconds[] mine = new Seconds[_rounds], other = new Seconds[_rounds];
        for (int round = 0; round < _rounds; round++)
        {
            if (round % 2 == 0) mine[round] = Turn(ours, ourCalls);
            other[round] = Turn(theirs, theirCalls);
            if (round % 2 == 1) mine[round] = Turn(ours, ourCalls);
        }

        if (hasForward) Print(name + "-forward", mine.Select(seconds => seconds.Forward), other.Select(seconds => seconds.Forward));
        Print(hasForward ? name + "-backward" : name, mine.Select(seconds => seconds.Backward), other.Select(seconds => seconds.Backward));
    }

    private int Warm(Func<Seconds> side)
    {
        double best = double.MaxValue;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmingSeconds;)
        {
            Seconds seconds = side();
            best = Math.Min(best, seconds.Forward + seconds.Backward);
        }

        return (int)Math.Clamp(_turnSeconds / best, 1, 200);
    }

    // The threads of the side before have stopped spinning when the turn begins; its first call, which wakes its own, does not count.
    private static Seconds Turn(Func<Seconds> side, int calls)
    {
        Thread.Sleep(SettlingMilliseconds);
        side();
        Seconds[] all = [.. Enumerable.Range(0, calls).Select(_ => side())];
        return new(Median(all.Select(seconds => seconds.Forward)), Median(all.Select(seconds => seconds.Backward)));
    }

    private static void Print(string name, IEnumerable<double> mine, IEnumerable<double> other)
    {
        (double ours, double theirs) = (Median(mine), Median(other));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: ours {ours * 1e6:F1} us, libtorch {theirs * 1e6:F1} us"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO operations/{name}-{TorchBuild.Name} {theirs / ours:F2} goal {Goal:F1}"));
    }

    private static void CheckEqual(string name, string what, float[] mine, float[] other)
    {
        double difference = Math.Sqrt(mine.Zip(other, (x, y) => ((double)x - y) * ((double)x - y)).Sum()), norm = Math.Sqrt(other.Sum(y => (double)y * y));
        if (mine.Length != other.Length || !(difference <= Tolerance * norm))
            throw new InvalidOperationException($"{name}: the {what} differs from libtorch's by {difference} at a norm of {norm}; what is timed would not be the same work.");
    }

    // Masks are each side's own: the rate of zeros and the mean must agree.
    private static void CheckRate(string name, string what, float[] mine, float[] other)
    {
        double zeros = mine.Count(x => x == 0) / (double)mine.Length, rate = OperationCase.Dropped;
        (double ours, double theirs) = (mine.Average(x => Math.Abs((double)x)), other.Average(x => Math.Abs((double)x)));
        if (Math.Abs(zeros - rate) > RateTolerance * rate || Math.Abs(ours - theirs) > RateTolerance * theirs)
            throw new InvalidOperationException($"{name}: in the {what} {zeros:P2} are dropped and the mean size is {ours}; libtorch's is {theirs}.");
    }

    private static Parameter Filled(Shape shape, ulong seed)
    {
        Parameter parameter = new("p", shape);
        Initializers.Normal(shape.Rank == 2 && shape.Rows > 1024 ? 0.05f : 1)(parameter.Data, shape, new RandomStream(seed));
        return parameter;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
