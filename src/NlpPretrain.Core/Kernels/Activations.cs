using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>A function and its derivative, 16 values at once.</summary>
internal interface IActivation
{
    /// <summary>y = f(x)</summary>
    static abstract Vector512<float> Value(Vector512<float> x);

    /// <summary>f′(x)</summary>
    static abstract Vector512<float> Slope(Vector512<float> x);
}

/// <summary>max(x, 0)</summary>
internal readonly struct ReluFunction : IActivation
{
    public static Vector512<float> Value(Vector512<float> x) => Vector512.Max(x, Vector512<float>.Zero);

    public static Vector512<float> Slope(Vector512<float> x) => Vector512.GreaterThan(x, Vector512<float>.Zero) & Vector512<float>.One;
}

/// <summary>σ(x)</summary>
internal readonly struct SigmoidFunction : IActivation
{
    public static Vector512<float> Value(Vector512<float> x) => Functions.Sigmoid(x);

    public static Vector512<float> Slope(Vector512<float> x) => SlopeAndValue(x).Slope;

    /// <summary>σ′(x) = σ(x)·σ(−x) and σ(x), without cancellation: with e = e^−|x| they are e / (1 + e)², and 1 or e over 1 + e.</summary>
    internal static (Vector512<float> Slope, Vector512<float> Value) SlopeAndValue(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One, e = Functions.ExpOrZero(-Vector512.Abs(x)), below = one + e;
        Vector512<float> slope = e / (below * below);
        return (slope, Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), e, one) / below);
    }
}

/// <summary>tanh x</summary>
internal readonly struct TanhFunction : IActivation
{
    public static Vector512<float> Value(Vector512<float> x) => Functions.Tanh(x);

    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> y = Functions.Tanh(x);
        return (Vector512<float>.One - y) * (Vector512<float>.One + y);
    }
}

/// <summary>½·x·(1 + tanh u) = x·σ(2u) with u = √(2/π)·(x + 0.044715·x³)</summary>
internal readonly struct GeluTanhFunction : IActivation
{
    private const float Linear = 1.5957691f, Cubic = 0.0713548f;                     // 2√(2/π), and 0.044715 of it

    public static Vector512<float> Value(Vector512<float> x) => x * Functions.Sigmoid(Twice(x));

    public static Vector512<float> Slope(Vector512<float> x)
    {
        (Vector512<float> change, Vector512<float> sigma) = SigmoidFunction.SlopeAndValue(Twice(x));
        Vector512<float> slope = Vector512.FusedMultiplyAdd(Vector512.Create(3 * Cubic), x * x, Vector512.Create(Linear));       // d(2u)/dx
        return Vector512.FusedMultiplyAdd(x * change, slope, sigma);
    }

    private static Vector512<float> Twice(Vector512<float> x) => x * Vector512.FusedMultiplyAdd(Vector512.Create(Cubic), x * x, Vector512.Create(Linear));
}

/// <summary>x·Φ(x)</summary>
internal readonly struct GeluExactFunction : IActivation
{
    private const float InverseRootOfTwoPi = 0.39894228f;

    public static Vector512<float> Value(Vector512<float> x) => x * Functions.NormalDistribution(x);

    // Φ(x) + x·φ(x)
    public static Vector512<float> Slope(Vector512<float> x) =>
        Vector512.FusedMultiplyAdd(x * InverseRootOfTwoPi, Functions.ExpOrZero(x * x * -0.5f), Functions.NormalDistribution(x));
}

/// <summary>y = f(x), element by element.</summary>
internal unsafe struct ActivationForward<TFunction> : IPieces where TFunction : struct, IActivation
{
    private float* _x, _y;
    private int _size;

    internal static void Run(Workers workers, float* x, int size, float* y)
    {
        ActivationForward<TFunction> work = new() { _x = x, _y = y, _size = size };
        workers.For(Pieces.Count(size, ActivationPieces.Elements), ref work);
    }

    public readonly void Run(int piece)
    {
        int end = Math.Min(_size, (piece + 1) * ActivationPieces.Elements), i = piece * ActivationPieces.Elements;
        for (; i <= end - Row.Lanes; i += Row.Lanes) TFunction.Value(Vector512.Load(_x + i)).Store(_y + i);
        if (i < end) Row.Store(_y + i, TFunction.Value(Row.Load(_x + i, end - i)), end - i);
    }
}

/// <summary>target = ∂y·f′(x), or target + that.</summary>
internal unsafe struct ActivationBackward<TFunction> : IPieces where TFunction : struct, IActivation
{
    private float* _x, _gradient, _target;
    private int _size;
    private bool _accumulate;

    internal static void Run(Workers workers, float* x, int size, float* gradient, float* target, bool accumulate)
    {
        ActivationBackward<TFunction> work = new() { _x = x, _gradient = gradient, _target = target, _size = size, _accumulate = accumulate };
        workers.For(Pieces.Count(size, ActivationPieces.Elements), ref work);
    }

    public readonly void Run(int piece)
    {
        int end = Math.Min(_size, (piece + 1) * ActivationPieces.Elements);
        for (int i = piece * ActivationPieces.Elements; i < end; i += Row.Lanes)
        {
            int left = end - i;
            Vector512<float> gradient = Row.Load(_gradient + i, left) * TFunction.Slope(Row.Load(_x + i, left));
            Row.Store(_target + i, _accumulate ? Row.Load(_target + i, left) + gradient : gradient, left);
        }
    }
}

internal static class ActivationPieces
{
    /// <summary>Values of one piece: an exponential costs several times what an addition does.</summary>
    internal const int Elements = Pieces.Elements / 4;
}
