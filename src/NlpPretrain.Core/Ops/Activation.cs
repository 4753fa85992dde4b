using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>What follows a linear map.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(x, 0)</summary>
    Relu,

    /// <summary>GELU in its tanh form: GPT.</summary>
    GeluTanh,

    /// <summary>GELU by the error function: BERT.</summary>
    GeluExact,

    /// <summary>tanh x: BERT's pooler.</summary>
    Tanh,

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    Sigmoid,
}

public partial struct Tensor
{
    /// <summary>GELU in its tanh form, value by value.</summary>
    /// <remarks>y = ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.</remarks>
    /// <returns>The shape of this tensor.</returns>
    public Tensor Gelu() => Op.Take<ActivationOp<GeluTanhFunction>>(this).Run(Shape, this);

    /// <summary>GELU by the error function, value by value.</summary>
    /// <remarks>y = x·Φ(x), Φ the normal distribution. Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.</remarks>
    /// <returns>The shape of this tensor.</returns>
    public Tensor GeluExact() => Op.Take<ActivationOp<GeluExactFunction>>(this).Run(Shape, this);

    /// <summary>max(x, 0), value by value; the gradient at 0 is 0.</summary>
    /// <returns>The shape of this tensor.</returns>
    public Tensor Relu() => Op.Take<ActivationOp<ReluFunction>>(this).Run(Shape, this);

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ), value by value.</summary>
    /// <returns>The shape of this tensor.</returns>
    public Tensor Sigmoid() => Op.Take<ActivationOp<SigmoidFunction>>(this).Run(Shape, this);

    /// <summary>tanh x, value by value.</summary>
    /// <returns>The shape of this tensor.</returns>
    public Tensor Tanh() => Op.Take<ActivationOp<TanhFunction>>(this).Run(Shape, this);
}

internal sealed unsafe class ActivationOp<TFunction> : Op where TFunction : struct, IActivation
{
    protected override void Forward() => ActivationForward<TFunction>.Run(Workers, X.Data, X.Size, Output.Data);

    protected override void Backward()
    {
        float* gradient = X.GradientToWrite(out bool accumulate);
        ActivationBackward<TFunction>.Run(Workers, X.Data, X.Size, Output.Gradient, gradient, accumulate);
    }
}

internal static unsafe class ActivationExtensions
{
    internal static void Forward(this Activation activation, Workers workers, float* x, int size, float* y)
    {
        switch (activation)
        {
            case Activation.Relu: ActivationForward<ReluFunction>.Run(workers, x, size, y); break;
            case Activation.GeluTanh: ActivationForward<GeluTanhFunction>.Run(workers, x, size, y); break;
            case Activation.GeluExact: ActivationForward<GeluExactFunction>.Run(workers, x, size, y); break;
            case Activation.Tanh: ActivationForward<TanhFunction>.Run(workers, x, size, y); break;
            case Activation.Sigmoid: ActivationForward<SigmoidFunction>.Run(workers, x, size, y); break;
            default: break;
        }
    }

    internal static void Backward(this Activation activation, Workers workers, float* x, int size, float* gradient, float* target)
    {
        switch (activation)
        {
            case Activation.Relu: ActivationBackward<ReluFunction>.Run(workers, x, size, gradient, target, accumulate: false); break;
            case Activation.GeluTanh: ActivationBackward<GeluTanhFunction>.Run(workers, x, size, gradient, target, accumulate: false); break;
            case Activation.GeluExact: ActivationBackward<GeluExactFunction>.Run(workers, x, size, gradient, target, accumulate: false); break;
            case Activation.Tanh: ActivationBackward<TanhFunction>.Run(workers, x, size, gradient, target, accumulate: false); break;
            case Activation.Sigmoid: ActivationBackward<SigmoidFunction>.Run(workers, x, size, gradient, target, accumulate: false); break;
            default: break;
        }
    }
}
