using NlpPretrain.Kernels;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>One training run: which blocks a step takes, and where the run is.</summary>
internal sealed class Word2VecRun
{
    internal const int BlockWords = 250;

    private const int DefaultEpochs = 5, MostBlocksPerStep = Word2VecPretrainer.WordsPerStep / BlockWords, FewestStepsPerEpoch = 20;
    private const double SkipGramRate = 0.025, CbowRate = 0.05, FinalRate = 0.0001;

    private readonly TrainingBlocks _blocks;
    private readonly IBlockRunner _runner;
    private readonly int _blocksPerStep;

    internal Word2VecRun(Word2VecModel model, EncodedCorpus corpus, TrainingOptions options, Word2VecUpdates updates)
    {
        // A small corpus gets shorter steps, so that progress shows; whole rounds, so that the rounds do not depend on the steps.
        const int Round = ReproducibleRunner.RoundBlocks;
        _blocksPerStep = Math.Clamp(corpus.BlockCount / FewestStepsPerEpoch, Round, MostBlocksPerStep) / Round * Round;
        long count = options.Steps * _blocksPerStep ?? (long)(options.Epochs ?? DefaultEpochs) * corpus.BlockCount;
        TotalSteps = (count + _blocksPerStep - 1) / _blocksPerStep;

        double peak = options.LearningRate ?? (model.Config.Architecture == Word2VecArchitecture.SkipGram ? SkipGramRate : CbowRate);
        double floor = Math.Min(FinalRate / peak, 1);
        LearningRateSchedule schedule = options.Schedule ?? (progress => 1 - progress * (1 - floor));
        _blocks = new TrainingBlocks(corpus, count, options.Seed, peak, schedule);
        _runner = updates == Word2VecUpdates.LockFree ? new LockFreeRunner(model, options.Workers) : new ReproducibleRunner(model, options.Workers);
    }

    internal long TotalSteps { get; }

    /// <summary>Steps done.</summary>
    internal long StepsDone { get; set; }

    /// <summary>Words of the corpus read so far.</summary>
    internal long WordsDone => _blocks.WordsBefore(BlocksBefore(StepsDone));

    internal double LearningRate => _blocks.RateAt(BlocksBefore(StepsDone));

    internal BlockLoss Step(Workers workers)
    {
        BlockLoss loss = _runner.Run(_blocks, BlocksBefore(StepsDone), BlocksBefore(StepsDone + 1), workers);
        StepsDone++;
        return loss;
    }

    private long BlocksBefore(long step) => Math.Min(step * _blocksPerStep, _blocks.Count);
}
