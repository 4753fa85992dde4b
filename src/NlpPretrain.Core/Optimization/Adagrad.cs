using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Optimization;

/// <summary>Adagrad: each weight's rate falls with the sum of its squared gradients.</summary>
/// <remarks>a += g², w −= η·g / (√a + ε), with λ·w added to g. Source: Duchi, Hazan and Singer 2011. bilm-tf starts a at 1.</remarks>
public sealed class Adagrad : Optimizer
{
    private readonly float[][] _sums;
    private readonly string[] _names;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="arena">Its threads are used.</param>
    /// <param name="groups">The parameters.</param>
    /// <param name="initialSum">a before the first step, at least 0. Default 0; bilm-tf has 1.</param>
    /// <param name="epsilon">ε, at least 0. Default 1e-10.</param>
    public Adagrad(TensorArena arena, IReadOnlyList<ParameterGroup> groups, double initialSum = 0, double epsilon = 1e-10)
        : base(arena, groups)
    {
        if (!(initialSum >= 0) || !(epsilon >= 0)) throw new ArgumentOutOfRangeException(nameof(initialSum), $"The initial sum is {initialSum} and epsilon {epsilon}; both must be at least 0.");
        Epsilon = epsilon;
        _names = [.. Parameters.Select(parameter => parameter.Name)];
        _sums = [.. Parameters.Select(parameter => GC.AllocateArray<float>(parameter.Shape.Size, pinned: true))];
        foreach (float[] sum in _sums) Array.Fill(sum, (float)initialSum);
    }

    /// <summary>ε</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Memory<float>>> State => _sums.Select((sum, i) => KeyValuePair.Create(_names[i] + ".sum", sum.AsMemory()));

    private protected override unsafe void Update(int index, Parameter parameter, double rate, double weightDecay, float gradientScale)
    {
        fixed (float* sum = _sums[index])
        {
            AdagradPieces work = new()
            {
                Weights = parameter.Node.Data, Gradient = parameter.Node.GradientOrNull, Sum = sum, Length = parameter.Shape.Size,
                GradientScale = gradientScale, Rate = (float)rate, Decay = (float)weightDecay, Epsilon = (float)Epsilon,
            };
            // Rows without a gradient stay as they are, so those of a sparse one are all that there is to do.
            ReadOnlySpan<int> rows = weightDecay == 0 ? parameter.TouchedRows : default;
            fixed (int* touched = rows)
            {
                work.Rows = touched;
                work.Columns = parameter.Shape.Columns;
                Workers.For(rows.IsEmpty ? AdamPieces.Count(work.Length) : rows.Length, 3L * work.Length, ref work);
            }
        }
    }
}

internal unsafe struct AdagradPieces : ISimdPieces
{
    private const int PieceLength = 16_384;

    internal float* Weights, Gradient, Sum;
    internal int* Rows;
    internal int Length, Columns;
    internal float GradientScale, Rate, Decay, Epsilon;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int start = Rows == null ? piece * PieceLength : Rows[piece] * Columns, end = Rows == null ? Math.Min(Length, start + PieceLength) : start + Columns;
        for (int i = start; i < end; i += Row.Lanes)
        {
            int left = end - i;
            TSimd w = Row.Load<TSimd>(Weights + i, left);
            TSimd g = TSimd.MultiplyAdd(Decay, w, Row.Load<TSimd>(Gradient + i, left) * GradientScale);
            TSimd a = TSimd.MultiplyAdd(g, g, Row.Load<TSimd>(Sum + i, left));
            Row.Store(Sum + i, a, left);
            Row.Store(Weights + i, TSimd.MultiplyAdd(-Rate, g / (TSimd.Sqrt(a) + Epsilon), w), left);
        }
    }
}
