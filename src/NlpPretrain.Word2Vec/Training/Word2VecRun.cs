using System.Text.Json;
using NlpPretrain.Kernels;
using NlpPretrain.Serialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>One training run: which blocks a step takes, and where the run is.</summary>
internal sealed class Word2VecRun
{
    internal const int BlockWords = 250;

    private const int DefaultEpochs = 5, MostBlocksPerStep = Word2VecPretrainer.WordsPerStep / BlockWords, FewestStepsPerEpoch = 20;
    private const double SkipGramRate = 0.025, CbowRate = 0.05, FinalRate = 0.0001;

    private const string StateFile = "training.json";

    private readonly TrainingOptions _options;
    private readonly CheckpointFolder? _checkpoints;
    private readonly TrainingBlocks _blocks;
    private readonly IBlockRunner _runner;
    private readonly int _blocksPerStep;

    internal Word2VecRun(Word2VecModel model, EncodedCorpus corpus, TrainingOptions options, Word2VecUpdates updates)
    {
        (Model, _options) = (model, options);
        _checkpoints = options.CheckpointFolder is null ? null : new CheckpointFolder(options.CheckpointFolder);

        // A small corpus gets shorter steps, so that progress shows; whole rounds, so that the rounds do not depend on the steps.
        const int Round = ReproducibleRunner.RoundBlocks;
        _blocksPerStep = Math.Clamp(corpus.BlockCount / FewestStepsPerEpoch, Round, MostBlocksPerStep) / Round * Round;
        long count = options.Steps * _blocksPerStep ?? (long)(options.Epochs ?? DefaultEpochs) * corpus.BlockCount;
        TotalSteps = (count + _blocksPerStep - 1) / _blocksPerStep;

        double peak = options.LearningRate ?? (model.Config.Architecture == Word2VecArchitecture.SkipGram ? SkipGramRate : CbowRate);
        double floor = Math.Min(FinalRate / peak, 1);
        LearningRateSchedule schedule = options.Schedule ?? LearningRateSchedules.Linear(final: floor);
        _blocks = new TrainingBlocks(corpus, count, options.Seed, peak, schedule);
        _runner = updates == Word2VecUpdates.LockFree ? new LockFreeRunner(model, options.Workers) : new ReproducibleRunner(model, options.Workers);
    }

    internal Word2VecModel Model { get; }

    internal long TotalSteps { get; }

    /// <summary>Steps done.</summary>
    internal long StepsDone { get; private set; }

    /// <summary>Words of the corpus read so far.</summary>
    internal long WordsDone => _blocks.WordsBefore(BlocksBefore(StepsDone));

    internal double LearningRate => _blocks.RateAt(BlocksBefore(StepsDone));

    internal BlockLoss Step(Workers workers)
    {
        BlockLoss loss = _runner.Run(_blocks, BlocksBefore(StepsDone), BlocksBefore(StepsDone + 1), workers);
        StepsDone++;
        return loss;
    }

    /// <summary>Goes on from the newest checkpoint, if the options ask for it and there is one.</summary>
    internal void Restore()
    {
        if (_checkpoints?.Begin(_options.Resume).Found is not { } checkpoint) return;

        string path = Path.Combine(checkpoint.Folder, StateFile);
        Word2VecRunFile state = Read(path);
        Word2VecRunFile expected = State(state.Step);
        if (state != expected)
            throw new ArgumentException($"The checkpoint '{checkpoint.Folder}' belongs to another run: {state}; this run is {expected}. Resume with the seed, corpus and length of the run that wrote it.");

        Model.CopyFrom(Word2VecModel.Load(checkpoint.Folder), checkpoint.Folder);
        StepsDone = state.Step;
    }

    /// <summary>Writes a checkpoint. Random numbers depend on the block's number only, so the weights and the step are the whole state.</summary>
    internal void Save() => _checkpoints!.Save(StepsDone, folder =>
    {
        Model.Save(folder);
        File.WriteAllBytes(Path.Combine(folder, StateFile), JsonSerializer.SerializeToUtf8Bytes(State(StepsDone), Word2VecJson.Default.Word2VecRunFile));
    });

    private Word2VecRunFile State(long step) => new(step, TotalSteps, _blocks.Seed, _blocks.Corpus.WordCount);

    private static Word2VecRunFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), Word2VecJson.Default.Word2VecRunFile)
                ?? throw new ModelFormatException(path, "state", "an object", "null");
        }
        catch (JsonException cause)
        {
            throw new ModelFormatException(path, "state", "the state of a training run", cause.Message, innerException: cause);
        }
    }

    private long BlocksBefore(long step) => Math.Min(step * _blocksPerStep, _blocks.Count);
}
