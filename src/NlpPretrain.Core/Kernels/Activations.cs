using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>A function and its derivative, 16 values at once.</summary>
internal interface IActivation
{
    /// <summary>y = f(x)</summary>
    static abstract TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>;

    /// <summary>f′(x)</summary>
    static abstract TSimd Slope<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>;
}

/// <summary>max(x, 0)</summary>
internal readonly struct ReluFunction : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => TSimd.Max(0f, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Slope<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => (x > 0f) & 1f;
}

/// <summary>σ(x)</summary>
internal readonly struct SigmoidFunction : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Slope<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => SlopeAndValue(x).Slope;

    /// <summary>σ′(x) = σ(x)·σ(−x) and σ(x), without cancellation: with e = e^−|x| they are e / (1 + e)², and 1 or e over 1 + e.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (TSimd Slope, TSimd Value) SlopeAndValue<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd e = Functions.ExpOrZero(-TSimd.Abs(x)), below = 1f + e;
        TSimd slope = e / (below * below);
        return (slope, TSimd.Select(x < 0f, e, 1f) / below);
    }
}

/// <summary>tanh x</summary>
internal readonly struct TanhFunction : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Slope<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        TSimd y = Functions.Tanh(x);
        return (1f - y) * (1f + y);
    }
}

/// <summary>½·x·(1 + tanh u) = x·σ(2u) with u = √(2/π)·(x + 0.044715·x³)</summary>
internal readonly struct GeluTanhFunction : IActivation
{
    private const float Linear = 1.5957691f, Cubic = 0.0713548f;                     // 2√(2/π), and 0.044715 of it

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => x * Functions.Sigmoid(Twice(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Slope<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>
    {
        (TSimd change, TSimd sigma) = SigmoidFunction.SlopeAndValue(Twice(x));
        TSimd slope = TSimd.MultiplyAdd(3 * Cubic, x * x, Linear);       // d(2u)/dx
        return TSimd.MultiplyAdd(x * change, slope, sigma);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Twice<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => x * TSimd.MultiplyAdd(Cubic, x * x, Linear);
}

/// <summary>x·Φ(x)</summary>
internal readonly struct GeluExactFunction : IActivation
{
    private const float InverseRootOfTwoPi = 0.39894228f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => x * Functions.NormalDistribution(x);

    // Φ(x) + x·φ(x)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Slope<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> =>
        TSimd.MultiplyAdd(x * InverseRootOfTwoPi, Functions.ExpOrZero(x * x * -0.5f), Distribution(x));

    // Both functions in one method are more variables than the compiler inlines.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TSimd Distribution<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.NormalDistribution(x);
}

/// <summary>y = f(x), element by element.</summary>
internal unsafe struct ActivationForward<TFunction> : ISimdPieces where TFunction : struct, IActivation
{
    private float* _x, _y;
    private int _size;

    internal static void Run(Workers workers, float* x, int size, float* y)
    {
        ActivationForward<TFunction> work = new() { _x = x, _y = y, _size = size };
        workers.For(Pieces.Count(size, ActivationPieces.Elements), ref work);
    }

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int start = piece * ActivationPieces.Elements;
        ActivationPieces.Map<TSimd, TFunction>(_x + start, Math.Min(ActivationPieces.Elements, _size - start), _y + start);
    }
}

/// <summary>target = ∂y·f′(x), or target + that.</summary>
internal unsafe struct ActivationBackward<TFunction> : ISimdPieces where TFunction : struct, IActivation
{
    private float* _x, _gradient, _target;
    private int _size;
    private bool _accumulate;

    internal static void Run(Workers workers, float* x, int size, float* gradient, float* target, bool accumulate)
    {
        ActivationBackward<TFunction> work = new() { _x = x, _gradient = gradient, _target = target, _size = size, _accumulate = accumulate };
        workers.For(Pieces.Count(size, ActivationPieces.Elements), ref work);
    }

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(_size, (piece + 1) * ActivationPieces.Elements);
        for (int i = piece * ActivationPieces.Elements; i < end; i += Row.Lanes)
        {
            int left = end - i;
            TSimd gradient = Row.Load<TSimd>(_gradient + i, left) * TFunction.Slope(Row.Load<TSimd>(_x + i, left));
            Row.Store(_target + i, _accumulate ? Row.Load<TSimd>(_target + i, left) + gradient : gradient, left);
        }
    }
}

internal static unsafe class ActivationPieces
{
    /// <summary>Values of one piece: an exponential costs several times what an addition does.</summary>
    internal const int Elements = Pieces.Elements / 4;

    /// <summary>y = f(x); y may be x.</summary>
    /// <remarks>The function is in the loop once, for whole registers and the end: the compiler stops inlining where a method has too many variables.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Map<TSimd, TFunction>(float* x, int count, float* y) where TSimd : struct, ISimd<TSimd> where TFunction : struct, IActivation
    {
        for (int i = 0; i < count; i += Row.Lanes) Row.Store(y + i, TFunction.Value(Row.Load<TSimd>(x + i, count - i)), count - i);
    }
}
