using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Optimization;

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>u = μ·u + g + λ·w, w −= η·u. Source: Polyak 1964; Sutskever et al. 2013 for the use here.</remarks>
public sealed class Sgd : Optimizer
{
    private readonly float[][] _velocities;
    private readonly string[] _names;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="arena">Its threads are used.</param>
    /// <param name="groups">The parameters.</param>
    /// <param name="momentum">μ, in [0, 1). Default 0.</param>
    public Sgd(TensorArena arena, IReadOnlyList<ParameterGroup> groups, double momentum = 0)
        : base(arena, groups)
    {
        if (momentum is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(momentum), momentum, $"The momentum is {momentum}; it must be at least 0 and below 1.");
        Momentum = momentum;
        _names = [.. Parameters.Select(parameter => parameter.Name)];
        _velocities = [.. Parameters.Select(parameter => momentum == 0 ? [] : GC.AllocateArray<float>(parameter.Shape.Size, pinned: true))];
    }

    /// <summary>μ</summary>
    public double Momentum { get; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Memory<float>>> State =>
        _velocities.Select((velocity, i) => KeyValuePair.Create(_names[i] + ".velocity", velocity.AsMemory())).Where(entry => !entry.Value.IsEmpty);

    private protected override unsafe void Update(int index, Parameter parameter, double rate, double weightDecay, float gradientScale)
    {
        fixed (float* velocity = _velocities[index])
        {
            SgdPieces work = new()
            {
                Weights = parameter.Node.Data, Gradient = parameter.Node.GradientOrNull, Velocity = velocity, Length = parameter.Shape.Size,
                GradientScale = gradientScale, Momentum = (float)Momentum, Rate = (float)rate, Decay = (float)weightDecay,
            };
            // Rows without a gradient stay as they are, so those of a sparse one are all that there is to do.
            ReadOnlySpan<int> rows = weightDecay == 0 && Momentum == 0 ? parameter.TouchedRows : default;
            fixed (int* touched = rows)
            {
                work.Rows = touched;
                work.Columns = parameter.Shape.Columns;
                Workers.For(rows.IsEmpty ? AdamPieces.Count(work.Length) : rows.Length, 2L * work.Length, ref work);
            }
        }
    }
}

internal unsafe struct SgdPieces : ISimdPieces
{
    private const int PieceLength = 16_384;

    internal float* Weights, Gradient, Velocity;
    internal int* Rows;
    internal int Length, Columns;
    internal float GradientScale, Momentum, Rate, Decay;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        int start = Rows == null ? piece * PieceLength : Rows[piece] * Columns, end = Rows == null ? Math.Min(Length, start + PieceLength) : start + Columns;
        for (int i = start; i < end; i += Row.Lanes)
        {
            int left = end - i;
            TSimd w = Row.Load<TSimd>(Weights + i, left);
            TSimd u = TSimd.MultiplyAdd(Decay, w, Row.Load<TSimd>(Gradient + i, left) * GradientScale);
            if (Velocity != null)
            {
                u = TSimd.MultiplyAdd(Momentum, Row.Load<TSimd>(Velocity + i, left), u);
                Row.Store(Velocity + i, u, left);
            }

            Row.Store(Weights + i, TSimd.MultiplyAdd(-Rate, u, w), left);
        }
    }
}
