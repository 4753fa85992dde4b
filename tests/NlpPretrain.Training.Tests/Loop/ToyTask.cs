using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Optimization;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Training.Tests;

/// <summary>Word pairs to learn by an embedding and a hidden layer. Some targets are left out, so that batches differ in their number.</summary>
internal sealed class ToyTask(int batchSize = 8, float dropout = 0.2f) : TrainingTask
{
    private const string WeightFile = "toy.safetensors";
    private readonly ToyModel _model = new();
    private int _evaluations;

    public string Name { get; init; } = "toy";

    public long? NotFiniteBatch { get; init; }

    public int? FailingSave { get; init; }

    public double Evaluation { get; init; }

    /// <summary>Steps between evaluations of the task's own; null for none.</summary>
    public long? OwnInterval { get; init; }

    /// <summary>After how many evaluations it ends the run.</summary>
    public int Patience { get; init; } = int.MaxValue;

    public Action? BeforeEvaluation { get; init; }

    public int Saves { get; private set; }

    /// <summary>What the loop did: E evaluated, C completed, S saved.</summary>
    public string Events { get; private set; } = "";

    public bool IsDisposed { get; private set; }

    public int Groups { get; private set; }

    public float[] Weights => [.. Parameters.SelectMany(parameter => parameter.Data.ToArray())];

    public override IReadOnlyList<Parameter> Parameters => _model.Parameters;

    public override TrainingDefaults Defaults => new() { Epochs = 2, LearningRate = 0.01, Schedule = _ => LearningRateSchedules.Linear(0.1) };

    public override long BatchesPerEpoch => 10;

    public override string Identity => Name;

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        Span<int> ids = stackalloc int[batchSize], targets = stackalloc int[batchSize];
        for (int i = 0; i < batchSize; i++)
        {
            long row = batch * batchSize + i;
            ids[i] = (int)(row * 7 % ToyModel.Words);
            targets[i] = row % 5 == 4 || row % 16 == 1 ? -1 : (ids[i] * 3 + 1) % ToyModel.Words;
        }

        Tensor loss = _model.Loss(pass, ids, targets, dropout, out TargetStatistics all);
        statistics = new BatchStatistics(batch == NotFiniteBatch ? double.NaN : all.Sum, all.Count, batchSize);
        return loss;
    }

    public override long? EvaluationInterval => OwnInterval;

    public override bool EndsEarly => _evaluations >= Patience;

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken)
    {
        BeforeEvaluation?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        Events += 'E';
        _evaluations++;
        return Evaluation;
    }

    public override void Complete() => Events += 'C';

    public override IReadOnlyList<ParameterGroup> Group(double weightDecay)
    {
        Groups++;
        return base.Group(weightDecay);
    }

    public override void Save(string folder)
    {
        SafeTensors.Write(Path.Combine(folder, WeightFile), [.. Parameters.Select(parameter => SafeTensor.FromValues(parameter.Name, parameter.Data.ToArray(), parameter.Shape.Size))]);
        Events += 'S';
        if (++Saves == FailingSave) throw new IOException("The disk is full.");
    }

    public override void Load(string folder)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path.Combine(folder, WeightFile));
        foreach (Parameter parameter in Parameters) reader.Read(parameter.Name, parameter.Data);
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    private sealed class ToyModel : Layer
    {
        internal const int Words = 20, Width = 16;

        private readonly Embedding _words;
        private readonly Linear _hidden, _output;

        internal ToyModel()
        {
            RandomStreams random = new(3);
            _words = Add("words", new Embedding(Words, Width, random, Initializers.Normal(0.5)));
            _hidden = Add("hidden", new Linear(Width, Width, random, Activation.Tanh, Initializers.Normal(0.3)));
            _output = Add("output", new Linear(Width, Words, random, initializer: Initializers.Normal(0.3)));
        }

        internal Tensor Loss(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> targets, float dropout, out TargetStatistics statistics) =>
            _output.Forward(_hidden.Forward(_words.Forward(pass, ids, new(ids.Length))).Dropout(dropout)).CrossEntropy(targets, out statistics);
    }
}
