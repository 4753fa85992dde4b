using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Optimization;

/// <summary>Adam, with weight decay as L2 regularization: λ·w is added to the gradient.</summary>
/// <remarks>
/// <para>m = β₁·m + (1 − β₁)·g, v = β₂·v + (1 − β₂)·g², w −= η·m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).</para>
/// <para>Source: Kingma and Ba 2015, algorithm 1.</para>
/// </remarks>
public class Adam : Optimizer
{
    private readonly float[][] _first, _second;
    private readonly string[] _names;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="arena">Its threads are used.</param>
    /// <param name="groups">The parameters.</param>
    public Adam(TensorArena arena, IReadOnlyList<ParameterGroup> groups)
        : base(arena, groups)
    {
        _names = [.. Parameters.Select(parameter => parameter.Name)];
        _first = [.. Parameters.Select(parameter => GC.AllocateArray<float>(parameter.Shape.Size, pinned: true))];
        _second = [.. Parameters.Select(parameter => GC.AllocateArray<float>(parameter.Shape.Size, pinned: true))];
    }

    /// <summary>β₁, in [0, 1). Default 0.9.</summary>
    public double FirstDecay { get; init => field = RequireDecay(value, nameof(FirstDecay)); } = 0.9;

    /// <summary>β₂, in [0, 1). Default 0.999.</summary>
    public double SecondDecay { get; init => field = RequireDecay(value, nameof(SecondDecay)); } = 0.999;

    /// <summary>ε, above 0. Default 1e-8.</summary>
    public double Epsilon
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Epsilon)} is {value}; it must be above 0.");
    } = 1e-8;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Memory<float>>> State
    {
        get
        {
            for (int i = 0; i < _names.Length; i++)
            {
                yield return new(_names[i] + ".m", _first[i]);
                yield return new(_names[i] + ".v", _second[i]);
            }
        }
    }

    /// <summary>Whether weight decay is apart from the gradient.</summary>
    private protected virtual bool DecaysWeights => false;

    /// <summary>Whether the moments are corrected for starting at zero.</summary>
    private protected virtual bool CorrectsBias => true;

    private protected override unsafe void Update(int index, Parameter parameter, double rate, double weightDecay, float gradientScale)
    {
        double first = CorrectsBias ? 1 - PowerOf(FirstDecay) : 1, second = CorrectsBias ? 1 - PowerOf(SecondDecay) : 1;
        fixed (float* m = _first[index], v = _second[index])
        {
            AdamPieces work = new()
            {
                Weights = parameter.Node.Data, Gradient = parameter.Node.GradientOrNull, First = m, Second = v, Length = parameter.Shape.Size, GradientScale = gradientScale,
                FirstDecay = (float)FirstDecay, SecondDecay = (float)SecondDecay, Rate = (float)(rate / first), SecondScale = (float)(1 / Math.Sqrt(second)), Epsilon = (float)Epsilon,
                Shrink = DecaysWeights ? (float)(1 - rate * weightDecay) : 1, AddedDecay = DecaysWeights ? 0 : (float)weightDecay,
            };
            Workers.For(AdamPieces.Count(work.Length), 4L * work.Length, ref work);
        }
    }

    // βᵗ by squaring: the same bits everywhere, which the system's power function does not promise.
    private double PowerOf(double decay)
    {
        double power = 1;
        for (long bits = Steps; bits > 0; bits >>= 1, decay *= decay)
        {
            if ((bits & 1) != 0) power *= decay;
        }

        return power;
    }

    private static double RequireDecay(double value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} is {value}; it must be at least 0 and below 1.");
}

/// <summary>Adam with decoupled weight decay: w shrinks by η·λ·w, apart from the gradient.</summary>
/// <remarks>Source: Loshchilov and Hutter 2019, algorithm 2.</remarks>
/// <param name="arena">Its threads are used.</param>
/// <param name="groups">The parameters.</param>
public sealed class AdamW(TensorArena arena, IReadOnlyList<ParameterGroup> groups) : Adam(arena, groups)
{
    private protected override bool DecaysWeights => true;
}

/// <summary>Adam as BERT was trained: decoupled weight decay, and moments that are not corrected for starting at zero.</summary>
/// <remarks>w −= η·(m / (√v + ε) + λ·w). Source: google-research/bert, optimization.py. Its ε is 1e-6.</remarks>
/// <param name="arena">Its threads are used.</param>
/// <param name="groups">The parameters.</param>
public sealed class BertAdam(TensorArena arena, IReadOnlyList<ParameterGroup> groups) : Adam(arena, groups)
{
    private protected override bool DecaysWeights => true;

    private protected override bool CorrectsBias => false;
}

internal unsafe struct AdamPieces : ISimdPieces
{
    private const int PieceLength = 16_384;

    internal float* Weights, Gradient, First, Second;
    internal int Length;
    internal float GradientScale, FirstDecay, SecondDecay, Rate, SecondScale, Epsilon, Shrink, AddedDecay;

    internal static int Count(int length) => (length + PieceLength - 1) / PieceLength;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int end = Math.Min(Length, (piece + 1) * PieceLength);
        TSimd scale = GradientScale, decay1 = FirstDecay, decay2 = SecondDecay;
        TSimd rest1 = 1 - FirstDecay, rest2 = 1 - SecondDecay, rate = -Rate, added = AddedDecay;
        for (int i = piece * PieceLength; i < end; i += Row.Lanes)
        {
            int left = end - i;
            TSimd w = Row.Load<TSimd>(Weights + i, left);
            TSimd g = TSimd.MultiplyAdd(added, w, Row.Load<TSimd>(Gradient + i, left) * scale);
            TSimd m = TSimd.MultiplyAdd(rest1, g, decay1 * Row.Load<TSimd>(First + i, left));
            TSimd v = TSimd.MultiplyAdd(rest2 * g, g, decay2 * Row.Load<TSimd>(Second + i, left));
            TSimd slope = m / TSimd.MultiplyAdd(TSimd.Sqrt(v), SecondScale, Epsilon);
            Row.Store(First + i, m, left);
            Row.Store(Second + i, v, left);
            Row.Store(Weights + i, TSimd.MultiplyAdd(rate, slope, w * Shrink), left);
        }
    }
}
