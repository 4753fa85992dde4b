using NlpPretrain.Kernels;

namespace NlpPretrain.Word2Vec;

/// <summary>Workers take blocks from one counter and write to the shared rows without locks.</summary>
/// <remarks>Source: Niu et al. 2011, "Hogwild!". A lost update now and then costs less than any lock.</remarks>
internal sealed class LockFreeRunner : IBlockRunner
{
    private readonly Word2VecModel _model;
    private readonly (BlockPlan Plan, BlockTrainer Trainer)[] _workers;
    private readonly BlockLoss[] _losses;
    private readonly Action<int> _body;
    private TrainingBlocks? _blocks;
    private long _next, _end;

    internal LockFreeRunner(Word2VecModel model, int workers)
    {
        _model = model;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => (model.Sampling.CreatePlan(), model.Sampling.CreateTrainer()))];
        _losses = new BlockLoss[workers];
        _body = Work;
    }

    public BlockLoss Run(TrainingBlocks blocks, long first, long end, Workers workers)
    {
        (_blocks, _next, _end) = (blocks, first, end);
        Array.Clear(_losses);
        workers.Run(_body);
        return _losses.Aggregate((a, b) => a + b);
    }

    private void Work(int worker)
    {
        (BlockPlan plan, BlockTrainer trainer) = _workers[worker];
        BlockLoss loss = default;
        for (long block; (block = Interlocked.Increment(ref _next) - 1) < _end;)
        {
            plan.Draw(_blocks!.Corpus, _blocks.InCorpus(block), _blocks.Seed, (ulong)block);
            loss += trainer.Train(plan, _model.Inputs, _model.Outputs, (float)_blocks.RateAt(block));
        }

        _losses[worker] = loss;
    }
}
