using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>What both sides train with.</summary>
internal static class StepOptions
{
    public const int Threads = 2;
    public const double Rate = 1e-3, WeightDecay = 0.1, MaximumNorm = 1;
}

/// <summary>Our training step: forward, backward, clipping by the global norm, AdamW.</summary>
internal sealed class OurStep : IDisposable
{
    private readonly TensorArena _arena = new(StepOptions.Threads);
    private readonly AdamW _optimizer;
    private readonly OurModel _model;

    public OurStep(OurModel model)
    {
        _model = model;
        _optimizer = new(_arena, ParameterGroup.ForDecay(model.Weights, StepOptions.WeightDecay)) { SecondDecay = 0.999 };
    }

    /// <summary>Bytes that the pass takes.</summary>
    public long ReservedBytes => _arena.ReservedBytes;

    /// <summary>Returns the loss before the step.</summary>
    public double Run(Batch batch, double rate = StepOptions.Rate)
    {
        using Pass pass = Pass.Training(_arena);
        Tensors.Tensor loss = _model.Loss(pass, batch);
        loss.Backward();
        _optimizer.Step(rate, StepOptions.MaximumNorm);
        return loss.Item;
    }

    public void Dispose() => _arena.Dispose();
}

/// <summary>The same in libtorch.</summary>
internal sealed class TorchStep
{
    private readonly optim.Optimizer _optimizer;
    private readonly Func<TorchTensor, TorchTensor, TorchTensor> _loss;
    private readonly long[] _idShape, _targetShape;

    public TorchStep(StepCase step, IReadOnlyDictionary<string, TorchTensor> values)
    {
        set_num_threads(StepOptions.Threads);
        Dictionary<string, TorchTensor> weights = values.ToDictionary(named => named.Key, named => (TorchTensor)new TorchSharp.Modules.Parameter(named.Value));
        (_idShape, _targetShape) = (step.IdShape, step.TargetShape);
        _loss = step.CreateLoss(weights);
        _optimizer = optim.AdamW(
        [
            new TorchSharp.Modules.AdamW.ParamGroup(Decaying(true), new TorchSharp.Modules.AdamW.Options { weight_decay = StepOptions.WeightDecay }),
            new TorchSharp.Modules.AdamW.ParamGroup(Decaying(false), new TorchSharp.Modules.AdamW.Options { weight_decay = 0 }),
        ], lr: StepOptions.Rate, weight_decay: StepOptions.WeightDecay);

        IEnumerable<TorchSharp.Modules.Parameter> Decaying(bool decays) => weights.Values.Where(weight => weight.dim() > 1 == decays).Cast<TorchSharp.Modules.Parameter>();
    }

    public double Run(Batch batch, double rate = StepOptions.Rate)
    {
        using var scope = NewDisposeScope();
        TorchTensor loss = _loss(TorchBuild.Indices(batch.Ids, _idShape), TorchBuild.Indices(batch.Targets, _targetShape));
        foreach (var group in _optimizer.ParamGroups) group.LearningRate = rate;
        _optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_([.. _optimizer.parameters()], StepOptions.MaximumNorm);
        _optimizer.step();
        return loss.item<float>();
    }
}
