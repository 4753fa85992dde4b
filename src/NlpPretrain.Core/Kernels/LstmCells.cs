using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>One row of a batch through the gates of an LSTM, forward: a step's gates hold W_x·x + W_h·h′ + b, and (i, f, g, o) after it.</summary>
internal unsafe struct LstmForward : IPieces
{
    internal int Step, Cells;
    internal float Limit;
    internal int* Lengths;
    internal float* Gates, Before, After, Mixed;

    public readonly void Run(int piece)
    {
        float* gates = Gates + (long)piece * 4 * Cells, before = Before + (long)piece * Cells, after = After + (long)piece * Cells, mixed = Mixed + (long)piece * Cells;
        if (Step >= Lengths[piece])
        {
            new Span<float>(after, Cells).Clear();
            new Span<float>(mixed, Cells).Clear();
            return;
        }

        Vector512<float> limit = Vector512.Create(Limit);
        for (int k = 0; k < Cells; k += Row.Lanes)
        {
            int left = Cells - k;
            Vector512<float> i = Functions.Sigmoid(Row.Load(gates + k, left)), f = Functions.Sigmoid(Row.Load(gates + Cells + k, left));
            Vector512<float> g = Functions.Tanh(Row.Load(gates + 2 * Cells + k, left)), o = Functions.Sigmoid(Row.Load(gates + 3 * Cells + k, left));
            Vector512<float> c = Vector512.FusedMultiplyAdd(f, Row.Load(before + k, left), i * g);
            c = Vector512.Min(Vector512.Max(c, -limit), limit);
            Row.Store(gates + k, i, left);
            Row.Store(gates + Cells + k, f, left);
            Row.Store(gates + 2 * Cells + k, g, left);
            Row.Store(gates + 3 * Cells + k, o, left);
            Row.Store(after + k, c, left);
            Row.Store(mixed + k, o * Functions.Tanh(c), left);
        }
    }
}

/// <summary>One row of a batch through the gates of an LSTM, backward.</summary>
/// <remarks>
/// With m = o ⊙ tanh c: ∂o = ∂m ⊙ tanh c, ∂c += ∂m ⊙ o ⊙ (1 − tanh² c), nothing of it where c was clipped; ∂i = ∂c ⊙ g, ∂g = ∂c ⊙ i, ∂f = ∂c ⊙ c′, ∂c′ = ∂c ⊙ f;
/// and before the functions ∂i ⊙ i ⊙ (1 − i), ∂g ⊙ (1 − g²), and so on.
/// </remarks>
internal unsafe struct LstmBackward : IPieces
{
    internal int Step, Cells;
    internal float Limit;
    internal int* Lengths;
    internal float* Gates, Before, After, MixedGradient, CellGradient, GateGradient;

    public readonly void Run(int piece)
    {
        float* gates = Gates + (long)piece * 4 * Cells, before = Before + (long)piece * Cells, after = After + (long)piece * Cells;
        float* fromMixed = MixedGradient + (long)piece * Cells, cell = CellGradient + (long)piece * Cells, target = GateGradient + (long)piece * 4 * Cells;
        if (Step >= Lengths[piece])
        {
            new Span<float>(target, 4 * Cells).Clear();
            return;
        }

        Vector512<float> one = Vector512<float>.One, limit = Vector512.Create(Limit);
        for (int k = 0; k < Cells; k += Row.Lanes)
        {
            int left = Cells - k;
            Vector512<float> i = Row.Load(gates + k, left), f = Row.Load(gates + Cells + k, left), g = Row.Load(gates + 2 * Cells + k, left), o = Row.Load(gates + 3 * Cells + k, left);
            Vector512<float> c = Row.Load(after + k, left), m = Row.Load(fromMixed + k, left), t = Functions.Tanh(c);
            Vector512<float> gradient = Vector512.FusedMultiplyAdd(m * o, one - t * t, Row.Load(cell + k, left));
            gradient &= Vector512.LessThan(Vector512.Abs(c), limit);
            Row.Store(cell + k, gradient * f, left);
            Row.Store(target + k, gradient * g * i * (one - i), left);
            Row.Store(target + Cells + k, gradient * Row.Load(before + k, left) * f * (one - f), left);
            Row.Store(target + 2 * Cells + k, gradient * i * (one - g * g), left);
            Row.Store(target + 3 * Cells + k, m * t * o * (one - o), left);
        }
    }
}
