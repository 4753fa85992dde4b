using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Layers;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>One training step of a model on both sides: forward, backward, clipping by the global norm, AdamW.</summary>
internal sealed class TrainingStep
{
    private const int Threads = 2, CheckedSteps = 3;
    private const double Rate = 1e-3, WeightDecay = 0.1, MaximumNorm = 1, Tolerance = 2e-4;

    private static readonly GptShape Small = new(4, 128, 4, 64, 12, 65), Large = new(6, 384, 6, 256, 4, 8_000);
    private static readonly LstmShape LstmSize = new(2, 512, 128, 32, 20, 10_000, 3);

    private readonly string _name;
    private readonly int _targets, _vocabulary;
    private readonly double _goal;
    private readonly Layer _model;
    private readonly Func<Pass, int[], int[], Tensors.Tensor> _loss;
    private readonly Func<IReadOnlyDictionary<string, TorchTensor>, Func<TorchTensor, TorchTensor, TorchTensor>> _torch;
    private readonly long[] _shape;

    private TrainingStep(string name, double goal, long[] shape, int vocabulary, Layer model, Func<Pass, int[], int[], Tensors.Tensor> loss,
        Func<IReadOnlyDictionary<string, TorchTensor>, Func<TorchTensor, TorchTensor, TorchTensor>> torch)
    {
        (_name, _goal, _shape, _vocabulary, _model, _loss, _torch) = (name, goal, shape, vocabulary, model, loss, torch);
        _targets = (int)(shape[0] * shape[1]);
    }

    internal static TrainingStep SmallGpt => Create("gpt-4x128", IsShipped ? 2.6 : 1.4, Small);

    internal static TrainingStep Gpt => Create("gpt-6x384", IsShipped ? 2.2 : 1.15, Large);

    internal static TrainingStep Lstm
    {
        get
        {
            OurLstm model = new(LstmSize, 1);
            return new("lstm-2x512", IsShipped ? 2.2 : 1.5, [LstmSize.Time, LstmSize.Batch], LstmSize.Vocabulary, model, (pass, ids, targets) => model.Loss(pass, ids, targets),
                weights => new TorchLstm(LstmSize, weights).Loss);
        }
    }

    private static string Build => Environment.GetEnvironmentVariable("NLPPRETRAIN_TORCH") ?? "shipped";

    private static bool IsShipped => Build == "shipped";

    /// <summary>Checks that both sides learn alike, then times them in turn.</summary>
    public void Compare(int rounds)
    {
        set_num_threads(Threads);
        using TensorArena arena = new(Threads);
        AdamW ours = new(arena, ParameterGroup.ForDecay(_model, WeightDecay)) { SecondDecay = 0.999 };
        Dictionary<string, TorchTensor> weights = _model.Parameters.ToDictionary(parameter => parameter.Name, ToTorch);
        optim.Optimizer theirs = optim.AdamW(
        [
            new TorchSharp.Modules.AdamW.ParamGroup(Decaying(true), new TorchSharp.Modules.AdamW.Options { weight_decay = WeightDecay }),
            new TorchSharp.Modules.AdamW.ParamGroup(Decaying(false), new TorchSharp.Modules.AdamW.Options { weight_decay = 0 }),
        ], lr: Rate, weight_decay: WeightDecay);
        Func<TorchTensor, TorchTensor, TorchTensor> loss = _torch(weights);
        Random random = new(1);
        (int[] Ids, int[] Targets)[] batches = [.. Enumerable.Range(0, 4).Select(_ => (Draw(random), Draw(random)))];

        for (int step = 0; step < CheckedSteps; step++)
        {
            (double mine, double other) = (Ours(arena, ours, batches[step]), Theirs(theirs, loss, batches[step]));
            if (!(Math.Abs(mine - other) <= Tolerance * Math.Abs(other)))
                throw new InvalidOperationException($"{_name}: after {step} steps our loss is {mine} and libtorch's {other}; what is timed would not be the same work.");
        }

        double[] mineTimes = new double[rounds], theirTimes = new double[rounds];
        for (int round = -3; round < rounds; round++)
        {
            (int[], int[]) batch = batches[(round + 4) % batches.Length];
            double mine = Time(() => Ours(arena, ours, batch)), other = Time(() => Theirs(theirs, loss, batch));
            if (round >= 0) (mineTimes[round], theirTimes[round]) = (mine, other);
        }

        double ourMedian = Median(mineTimes), theirMedian = Median(theirTimes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_name}: ours {ourMedian * 1e3:F1} ms (best {mineTimes.Min() * 1e3:F1}), libtorch {theirMedian * 1e3:F1} ms (best {theirTimes.Min() * 1e3:F1}), {rounds} rounds; the pass takes {arena.ReservedBytes / 1e6:F0} MB"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RATIO steps/{_name}-{Build} {theirMedian / ourMedian:F2} goal {_goal}"));

        IEnumerable<TorchSharp.Modules.Parameter> Decaying(bool decays) => weights.Values.Where(weight => weight.dim() > 1 == decays).Cast<TorchSharp.Modules.Parameter>();
    }

    private static TrainingStep Create(string name, double goal, GptShape shape)
    {
        OurGpt model = new(shape, 1);
        return new(name, goal, [shape.Batch, shape.Time], shape.Vocabulary, model, (pass, ids, targets) => model.Loss(pass, ids, targets), weights => new TorchGpt(shape, weights).Loss);
    }

    private double Ours(TensorArena arena, AdamW optimizer, (int[] Ids, int[] Targets) batch)
    {
        using Pass pass = Pass.Training(arena);
        Tensors.Tensor loss = _loss(pass, batch.Ids, batch.Targets);
        loss.Backward();
        optimizer.Step(Rate, MaximumNorm);
        return loss.Item;
    }

    private double Theirs(optim.Optimizer optimizer, Func<TorchTensor, TorchTensor, TorchTensor> model, (int[] Ids, int[] Targets) batch)
    {
        using var scope = NewDisposeScope();
        TorchTensor loss = model(ToTorch(batch.Ids), ToTorch(batch.Targets));
        optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_([.. optimizer.parameters()], MaximumNorm);
        optimizer.step();
        return loss.item<float>();
    }

    private TorchTensor ToTorch(int[] ids) => tensor(ids.Select(id => (long)id).ToArray()).view(_shape);

    private static TorchTensor ToTorch(Parameter parameter)
    {
        long[] sizes = [.. Enumerable.Range(0, parameter.Shape.Rank).Select(axis => (long)parameter.Shape[axis])];
        return new TorchSharp.Modules.Parameter(tensor(parameter.Data.ToArray()).view(sizes));
    }

    private int[] Draw(Random random) => [.. Enumerable.Range(0, _targets).Select(_ => random.Next(_vocabulary))];

    private static double Time(Func<double> action)
    {
        long start = Stopwatch.GetTimestamp();
        _ = action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
