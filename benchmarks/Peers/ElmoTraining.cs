using NlpPretrain.Elmo;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>Our pretraining of an ELMo as its family has it: Adam, a loss that is summed over the steps of a window, clipping by the global norm.</summary>
internal sealed class OurElmoTraining : IDisposable
{
    public const double MaximumNorm = 10;

    private readonly TensorArena _arena = new(StepOptions.Threads);
    private readonly ElmoLanguageModel _model;
    private readonly ElmoWindow _forward, _backward;
    private readonly ElmoStates _states;
    private readonly Adam _optimizer;
    private readonly int _streams, _time;

    public OurElmoTraining(ElmoLanguageModel model, int streams, int time)
    {
        ElmoConfig config = model.Model.Config;
        (_model, _streams, _time) = (model, streams, time);
        (_forward, _backward, _states) = (new(config), new(config), new(config, streams));
        _optimizer = new(_arena, ParameterGroup.ForDecay(model, weightDecay: 0));
    }

    /// <summary>Returns the loss before the step, the mean of a word.</summary>
    public double Run(ElmoText window, double rate)
    {
        _forward.Fill(window.Forward, window.Next, _streams);
        _backward.Fill(window.Backward, window.Before, _streams);
        using Pass pass = Pass.Training(_arena);
        Tensors.Tensor loss = _model.Loss(pass, _forward, _backward, _states, out _);
        (_time * loss).Backward();
        _optimizer.Step(rate, MaximumNorm);
        return loss.Item;
    }

    public void Dispose() => _arena.Dispose();
}

/// <summary>The same in libtorch.</summary>
internal sealed class TorchElmoTraining
{
    private readonly optim.Optimizer _optimizer;
    private readonly TorchElmo _model;
    private readonly TorchElmoStates _states;
    private readonly int _streams, _time;

    public TorchElmoTraining(ElmoLanguageModel model, int streams, int time)
    {
        set_num_threads(StepOptions.Threads);
        (_streams, _time) = (streams, time);
        Dictionary<string, TorchTensor> weights = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => (TorchTensor)new TorchSharp.Modules.Parameter(TorchBuild.Copy(parameter)));
        _model = new(model.Model.Config, weights, "elmo.");
        _states = new(model.Model.Config, streams);
        _optimizer = optim.Adam(weights.Values.Cast<TorchSharp.Modules.Parameter>(), lr: StepOptions.Rate);
    }

    public double Run(ElmoText window, double rate)
    {
        using var scope = NewDisposeScope();
        TorchTensor loss = 0.5f * (_model.Loss(ElmoDirection.Forward, Indices(window.Forward), Indices(window.Next), _states) + _model.Loss(ElmoDirection.Backward, Indices(window.Backward), Indices(window.Before), _states));
        foreach (var group in _optimizer.ParamGroups) group.LearningRate = rate;
        _optimizer.zero_grad();
        (_time * loss).backward();
        nn.utils.clip_grad_norm_([.. _optimizer.parameters()], OurElmoTraining.MaximumNorm);
        _optimizer.step();
        return loss.item<float>();

        TorchTensor Indices(int[] ids) => TorchBuild.Indices(ids, _streams, _time);
    }
}
