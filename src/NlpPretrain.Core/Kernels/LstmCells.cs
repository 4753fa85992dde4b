
namespace NlpPretrain.Kernels;

/// <summary>One row of a batch through the gates of an LSTM, forward: a step's gates hold W_x·x + W_h·h′ + b, and (i, f, g, o) after it.</summary>
internal unsafe struct LstmForward : ISimdPieces
{
    internal int Step, Cells;
    internal float Limit;
    internal int* Lengths;
    internal float* Gates, Before, After, Mixed;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        float* gates = Gates + (long)piece * 4 * Cells, before = Before + (long)piece * Cells, after = After + (long)piece * Cells, mixed = Mixed + (long)piece * Cells;
        if (Step >= Lengths[piece])
        {
            new Span<float>(after, Cells).Clear();
            new Span<float>(mixed, Cells).Clear();
            return;
        }

        ActivationPieces.Map<TSimd, SigmoidFunction>(gates, 2 * Cells, gates);
        ActivationPieces.Map<TSimd, TanhFunction>(gates + 2 * Cells, Cells, gates + 2 * Cells);
        ActivationPieces.Map<TSimd, SigmoidFunction>(gates + 3 * Cells, Cells, gates + 3 * Cells);
        TSimd limit = Limit;
        for (int k = 0; k < Cells; k += Row.Lanes)
        {
            int left = Cells - k;
            TSimd i = Row.Load<TSimd>(gates + k, left), f = Row.Load<TSimd>(gates + Cells + k, left), g = Row.Load<TSimd>(gates + 2 * Cells + k, left);
            TSimd c = TSimd.MultiplyAdd(f, Row.Load<TSimd>(before + k, left), i * g);
            Row.Store(after + k, TSimd.Min(limit, TSimd.Max(-limit, c)), left);
        }

        ActivationPieces.Map<TSimd, TanhFunction>(after, Cells, mixed);
        for (int k = 0; k < Cells; k += Row.Lanes)
            Row.Store(mixed + k, Row.Load<TSimd>(gates + 3 * Cells + k, Cells - k) * Row.Load<TSimd>(mixed + k, Cells - k), Cells - k);
    }
}

/// <summary>One row of a batch through the gates of an LSTM, backward.</summary>
/// <remarks>
/// With m = o ⊙ tanh c: ∂o = ∂m ⊙ tanh c, ∂c += ∂m ⊙ o ⊙ (1 − tanh² c), nothing of it where c was clipped; ∂i = ∂c ⊙ g, ∂g = ∂c ⊙ i, ∂f = ∂c ⊙ c′, ∂c′ = ∂c ⊙ f;
/// and before the functions ∂i ⊙ i ⊙ (1 − i), ∂g ⊙ (1 − g²), and so on. The gradient of the gates may take their place.
/// </remarks>
internal unsafe struct LstmBackward : ISimdPieces
{
    internal int Step, Cells;
    internal float Limit;
    internal int* Lengths;
    internal float* Gates, Before, After, MixedGradient, CellGradient, GateGradient;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        float* gates = Gates + (long)piece * 4 * Cells, before = Before + (long)piece * Cells, after = After + (long)piece * Cells;
        float* fromMixed = MixedGradient + (long)piece * Cells, cell = CellGradient + (long)piece * Cells, target = GateGradient + (long)piece * 4 * Cells;
        if (Step >= Lengths[piece])
        {
            new Span<float>(target, 4 * Cells).Clear();
            return;
        }

        TSimd one = 1f, limit = Limit;
        for (int k = 0; k < Cells; k += Row.Lanes)
        {
            int left = Cells - k;
            TSimd i = Row.Load<TSimd>(gates + k, left), f = Row.Load<TSimd>(gates + Cells + k, left), g = Row.Load<TSimd>(gates + 2 * Cells + k, left), o = Row.Load<TSimd>(gates + 3 * Cells + k, left);
            TSimd c = Row.Load<TSimd>(after + k, left), m = Row.Load<TSimd>(fromMixed + k, left), t = Functions.Tanh(c);
            TSimd gradient = TSimd.MultiplyAdd(m * o, one - t * t, Row.Load<TSimd>(cell + k, left));
            gradient = TSimd.AndNot(gradient, TSimd.Abs(c) >= limit);
            Row.Store(cell + k, gradient * f, left);
            Row.Store(target + k, gradient * g * i * (one - i), left);
            Row.Store(target + Cells + k, gradient * Row.Load<TSimd>(before + k, left) * f * (one - f), left);
            Row.Store(target + 2 * Cells + k, gradient * i * (one - g * g), left);
            Row.Store(target + 3 * Cells + k, m * t * o * (one - o), left);
        }
    }
}
