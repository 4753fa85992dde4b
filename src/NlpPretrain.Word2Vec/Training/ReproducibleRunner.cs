using NlpPretrain.Kernels;

namespace NlpPretrain.Word2Vec;

/// <summary>Rounds of a fixed number of blocks: each is trained on private copies of the rows it touches, then all changes are added in the order of the blocks.</summary>
/// <remarks>
/// Which blocks share a round, what each reads and the order of additions do not depend on the workers, so neither do the bits. The costs: a row is
/// copied, subtracted and added once a block, and a block does not see what the others of its round learn. At most <see cref="RoundBlocks"/> workers find work.
/// </remarks>
internal sealed class ReproducibleRunner : IBlockRunner
{
    /// <summary>Blocks of a round.</summary>
    internal const int RoundBlocks = 8;

    private readonly BlockTrainer[] _trainers;
    private readonly RoundBlock[] _round;
    private readonly RowUse[] _inputUses, _outputUses;
    private readonly Action<int> _train, _add;
    private TrainingBlocks? _blocks;
    private long _first;
    private int _length, _next, _workerCount;

    internal ReproducibleRunner(Word2VecModel model, int workers)
    {
        _trainers = [.. Enumerable.Range(0, workers).Select(_ => model.Sampling.CreateTrainer())];
        _round = [.. Enumerable.Range(0, RoundBlocks).Select(_ => new RoundBlock(model))];
        (_inputUses, _outputUses) = (new RowUse[model.Inputs.Rows], new RowUse[model.Outputs.Rows]);
        (_train, _add) = (Train, Add);
    }

    public BlockLoss Run(TrainingBlocks blocks, long first, long end, Workers workers)
    {
        (_blocks, _workerCount) = (blocks, workers.Count);
        BlockLoss loss = default;
        for (_first = first; _first < end; _first += _length)
        {
            _length = (int)Math.Min(RoundBlocks - _first % RoundBlocks, end - _first);
            _next = 0;
            workers.Run(_train);
            workers.Run(_add);
            for (int i = 0; i < _length; i++) loss += _round[i].Loss;
        }

        return loss;
    }

    private void Train(int worker)
    {
        for (int i; (i = Interlocked.Increment(ref _next) - 1) < _length;)
        {
            long block = _first + i;
            RoundBlock mine = _round[i];
            mine.Plan.Draw(_blocks!.Corpus, _blocks.InCorpus(block), _blocks.Seed, (ulong)block);
            mine.Train(_trainers[worker], (float)_blocks.RateAt(block));
        }
    }

    private void Add(int worker)
    {
        Span<RoundBlock> round = _round.AsSpan(0, _length);
        foreach (RoundBlock block in round) block.Count(_inputUses, _outputUses, worker, _workerCount);
        foreach (RoundBlock block in round) block.AddTo(_inputUses, _outputUses, worker, _workerCount);
        foreach (RoundBlock block in round) block.Forget(_inputUses, _outputUses, worker, _workerCount);
    }

    private sealed class RoundBlock(Word2VecModel model)
    {
        private readonly RowCopies _inputs = new(model.Inputs), _outputs = new(model.Outputs);

        internal BlockPlan Plan { get; } = model.Sampling.CreatePlan();

        internal BlockLoss Loss { get; private set; }

        internal void Train(BlockTrainer trainer, float rate)
        {
            _inputs.Take(Plan.Words);
            _outputs.Take(Plan.Outputs);
            Loss = trainer.Train(Plan, _inputs.Copies, _outputs.Copies, rate);
            _inputs.ToChanges();
            _outputs.ToChanges();
        }

        internal void Count(RowUse[] inputUses, RowUse[] outputUses, int part, int parts)
        {
            _inputs.Count(inputUses, part, parts);
            _outputs.Count(outputUses, part, parts);
        }

        internal void AddTo(RowUse[] inputUses, RowUse[] outputUses, int part, int parts)
        {
            _inputs.AddTo(inputUses, part, parts);
            _outputs.AddTo(outputUses, part, parts);
        }

        internal void Forget(RowUse[] inputUses, RowUse[] outputUses, int part, int parts)
        {
            _inputs.Forget(inputUses, part, parts);
            _outputs.Forget(outputUses, part, parts);
        }
    }
}
