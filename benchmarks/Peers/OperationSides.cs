using System.Diagnostics;
using NlpPretrain.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>Seconds of one call.</summary>
internal readonly record struct Seconds(double Forward, double Backward);

/// <summary>Our side of an operation: forward, and backward from the mean squared error of the result (or from the result, where it is a loss).</summary>
internal sealed class OurOperation(OperationCase operation, TensorArena arena, Parameter[] inputs, float[] targets)
{
    /// <summary>Runs once. Only the operation's forward and the backward are timed, not what goes before and between.</summary>
    public Seconds Run()
    {
        using Pass pass = Pass.Training(arena);
        (_, _, Seconds seconds) = Run(pass);
        foreach (Parameter input in inputs) input.ZeroGradient();
        return seconds;
    }

    /// <summary>The result and the gradient of each input.</summary>
    public float[][] Values()
    {
        using Pass pass = Pass.Training(arena);
        (Tensors.Tensor y, Tensors.Tensor[] x, _) = Run(pass);
        float[][] values = [y.Data.ToArray(), .. x.Select(input => input.Gradient.ToArray())];
        foreach (Parameter input in inputs) input.ZeroGradient();
        return values;
    }

    private (Tensors.Tensor Result, Tensors.Tensor[] Inputs, Seconds Seconds) Run(Pass pass)
    {
        Tensors.Tensor[] x = [operation.IsTable ? inputs[0] : pass.Variable(inputs[0].Data, inputs[0].Shape), .. inputs[1..].Select(input => input.AsTensor())];
        long start = Stopwatch.GetTimestamp();
        Tensors.Tensor y = operation.Ours(pass, x);
        long forward = Stopwatch.GetTimestamp();
        Tensors.Tensor loss = y.Shape.Size == 1 ? y : y.MeanSquaredError(pass.Copy(targets, y.Shape));
        long between = Stopwatch.GetTimestamp();
        loss.Backward();
        return (y, x, OperationSuite.Between(start, forward, between, Stopwatch.GetTimestamp()));
    }
}

/// <summary>The same in libtorch.</summary>
internal sealed class TorchOperation
{
    private readonly TorchTensor[] _inputs;
    private readonly Func<TorchTensor> _operation;
    private readonly TorchTensor _targets;

    public TorchOperation(OperationCase operation, Parameter[] inputs, float[] targets, Shape shape)
    {
        _inputs = [.. inputs.Select(input => TorchBuild.Copy(input).requires_grad_(true))];
        _operation = operation.Torch(_inputs);
        _targets = tensor(targets).view(TorchBuild.Sizes(shape));
    }

    public Seconds Run() => Run(keep: null);

    public float[][] Values()
    {
        float[][] values = [];
        Run(y => values = [ToArray(y), .. _inputs.Select(input => ToArray(input.grad!))]);
        return values;
    }

    private Seconds Run(Action<TorchTensor>? keep)
    {
        foreach (TorchTensor input in _inputs) input.grad = null;
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        TorchTensor y = _operation();
        long forward = Stopwatch.GetTimestamp();
        TorchTensor loss = y.numel() == 1 ? y : nn.functional.mse_loss(y, _targets);
        long between = Stopwatch.GetTimestamp();
        loss.backward();
        long end = Stopwatch.GetTimestamp();
        keep?.Invoke(y);
        return OperationSuite.Between(start, forward, between, end);
    }

    private static float[] ToArray(TorchTensor x) => x.detach().contiguous().data<float>().ToArray();
}
