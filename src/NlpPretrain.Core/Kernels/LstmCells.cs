using System.Runtime.CompilerServices;
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
            Vector512<float> i = SimdMath.Sigmoid(Row.Load(gates + k, left)), f = SimdMath.Sigmoid(Row.Load(gates + Cells + k, left));
            Vector512<float> g = Tanh(Row.Load(gates + 2 * Cells + k, left)), o = SimdMath.Sigmoid(Row.Load(gates + 3 * Cells + k, left));
            Vector512<float> c = Vector512.FusedMultiplyAdd(f, Row.Load(before + k, left), i * g);
            c = Vector512.Min(Vector512.Max(c, -limit), limit);
            Row.Store(gates + k, i, left);
            Row.Store(gates + Cells + k, f, left);
            Row.Store(gates + 2 * Cells + k, g, left);
            Row.Store(gates + 3 * Cells + k, o, left);
            Row.Store(after + k, c, left);
            Row.Store(mixed + k, o * Tanh(c), left);
        }
    }

    /// <summary>tanh x: its series to x¹³ for |x| below 0.4, else (1 − e^−2|x|) / (1 + e^−2|x|) with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> z = x * x, size = Vector512.Abs(x), one = Vector512<float>.One;
        Vector512<float> p = Vector512.Create(21844f / 6081075);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-1382f / 155925));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(62f / 2835));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-17f / 315));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(2f / 15));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(-1f / 3));
        Vector512<float> small = Vector512.FusedMultiplyAdd(p * z, x, x);

        Vector512<float> e = SimdMath.Exp(size * -2f);
        Vector512<float> sign = Vector512.BitwiseAnd(x, Vector512.Create(-0f));
        Vector512<float> large = Vector512.BitwiseOr((one - e) / (one + e), sign);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(0.4f)), small, large);
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
            Vector512<float> c = Row.Load(after + k, left), m = Row.Load(fromMixed + k, left), t = LstmForward.Tanh(c);
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
