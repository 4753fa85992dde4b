using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NlpPretrain.Kernels;

namespace NlpPretrain.Word2Vec;

/// <summary>One stochastic gradient step over a window: every input row against every output row.</summary>
/// <remarks>
/// <para>L = −Σ_b Σ_k log σ(s_k·v_b·v′_k), with s_k = 1 for a true word and −1 for noise.</para>
/// <para>g_bk = η·s_k·σ(−s_k·v_b·v′_k); v_b += Σ_k g_bk·v′_k and v′_k += Σ_b g_bk·v_b, all from the values before the step.</para>
/// <para>Source: Mikolov et al. 2013b, eq. 4; as small matrix products: Ji et al. 2016, arXiv:1604.04661.</para>
/// <para>
/// Outputs go in tiles of 6: 2 inputs x 6 outputs are 12 sums in registers for 8 loads, and an update holds the 6 rows and their 6 new
/// values while the inputs stream by. A 512-bit register is 16 lanes; on narrower hardware the runtime splits each operation into
/// narrower ones with the same result. The hot methods ask for full optimization at once: tiered compilation would spend the first
/// tenths of a second, a good part of a run over a small corpus, in code without registers.
/// </para>
/// </remarks>
internal sealed unsafe class WindowKernel
{
    /// <summary>Output rows that a pass over the inputs handles together.</summary>
    internal const int Tile = 6;

    /// <summary>Floats that the signs of one tile take: six signs and 16 lanes repeat after 48.</summary>
    internal const int SignsLength = 48;

    private const int LogarithmInterval = 16 * 64;

    private readonly int _vectors;

    private static Vector512<float> Lanes => Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    /// <param name="stride">Floats of a row, a multiple of 16.</param>
    internal WindowKernel(int stride) => _vectors = stride / 16;

    /// <summary>Floats of scratch that a step takes.</summary>
    internal static int ScratchLength(int mostInputs, int mostTiles) => mostTiles * (mostInputs * Tile + 16) + mostInputs * 16;

    /// <summary>One step of skip-gram; rows are updated in place.</summary>
    /// <param name="inputs">v, <paramref name="inputCount"/> rows.</param>
    /// <param name="inputCount">B, at least 1.</param>
    /// <param name="outputs">v′, <paramref name="tiles"/> times 6 rows; where there are fewer, a row of zeros that nobody reads.</param>
    /// <param name="tiles">L / 6, rounded up.</param>
    /// <param name="signs">For each tile its six signs 8 times over: 1 for a true word, −1 for noise, 0 for a row that takes no part.</param>
    /// <param name="rate">η</param>
    /// <param name="scratch"><see cref="ScratchLength"/> floats.</param>
    /// <returns>L before the step, in nats.</returns>
    internal float Step(float** inputs, int inputCount, float** outputs, int tiles, float* signs, float rate, float* scratch)
    {
        int tileLength = TileLength(inputCount);
        float loss = Gradients(inputs, inputCount, outputs, tiles, signs, rate, scratch, tileLength);
        Update(inputs, inputCount, outputs, tiles, scratch, tileLength, scratch + tiles * tileLength);
        return loss;
    }

    /// <summary>One step of CBOW; output rows are updated in place, and the step of the combined input is returned beside it.</summary>
    /// <param name="input">h</param>
    /// <param name="outputs">As for <see cref="Step"/>.</param>
    /// <param name="tiles">As for <see cref="Step"/>.</param>
    /// <param name="signs">As for <see cref="Step"/>.</param>
    /// <param name="rate">η</param>
    /// <param name="scratch">As for <see cref="Step"/>.</param>
    /// <param name="error">Receives Σ_k g_k·v′_k, from the values before the step.</param>
    /// <returns>L before the step, in nats.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal float StepCombined(float* input, float** outputs, int tiles, float* signs, float rate, float* scratch, float* error)
    {
        int tileLength = 16;
        float loss = Gradients(&input, 1, outputs, tiles, signs, rate, scratch, tileLength);
        int length = _vectors * 16;
        for (int t = 0; t < tiles; t++)
        {
            float* g = scratch + t * tileLength;
            float** rows = outputs + t * Tile;
            float* p0 = rows[0], p1 = rows[1], p2 = rows[2], p3 = rows[3], p4 = rows[4], p5 = rows[5];
            Vector512<float> g0 = Vector512.Create(g[0]), g1 = Vector512.Create(g[1]), g2 = Vector512.Create(g[2]);
            Vector512<float> g3 = Vector512.Create(g[3]), g4 = Vector512.Create(g[4]), g5 = Vector512.Create(g[5]);
            for (int i = 0; i < length; i += 16)
            {
                Vector512<float> h = Vector512.Load(input + i), o0 = Vector512.Load(p0 + i), o1 = Vector512.Load(p1 + i), o2 = Vector512.Load(p2 + i);
                Vector512<float> o3 = Vector512.Load(p3 + i), o4 = Vector512.Load(p4 + i), o5 = Vector512.Load(p5 + i);
                Vector512<float> e = t == 0 ? default : Vector512.Load(error + i);
                e = Vector512.FusedMultiplyAdd(g0, o0, e);
                e = Vector512.FusedMultiplyAdd(g1, o1, e);
                e = Vector512.FusedMultiplyAdd(g2, o2, e);
                e = Vector512.FusedMultiplyAdd(g3, o3, e);
                e = Vector512.FusedMultiplyAdd(g4, o4, e);
                e = Vector512.FusedMultiplyAdd(g5, o5, e);
                e.Store(error + i);
                Vector512.FusedMultiplyAdd(g0, h, o0).Store(p0 + i);
                Vector512.FusedMultiplyAdd(g1, h, o1).Store(p1 + i);
                Vector512.FusedMultiplyAdd(g2, h, o2).Store(p2 + i);
                Vector512.FusedMultiplyAdd(g3, h, o3).Store(p3 + i);
                Vector512.FusedMultiplyAdd(g4, h, o4).Store(p4 + i);
                Vector512.FusedMultiplyAdd(g5, h, o5).Store(p5 + i);
            }
        }

        return loss;
    }

    /// <summary>h = scale·Σ v_b</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Combine(float** inputs, int inputCount, float scale, float* combined)
    {
        for (int i = 0, length = _vectors * 16; i < length; i += 16)
        {
            Vector512<float> sum = Vector512.Load(inputs[0] + i);
            for (int b = 1; b < inputCount; b++) sum += Vector512.Load(inputs[b] + i);
            (sum * scale).Store(combined + i);
        }
    }

    /// <summary>v_b += e, for every b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddToEach(float** inputs, int inputCount, float* error)
    {
        for (int b = 0; b < inputCount; b++)
        {
            float* row = inputs[b];
            for (int i = 0, length = _vectors * 16; i < length; i += 16) (Vector512.Load(row + i) + Vector512.Load(error + i)).Store(row + i);
        }
    }

    /// <summary>L in nats; nothing is updated.</summary>
    internal float Loss(float** inputs, int inputCount, float** outputs, int tiles, float* signs, float* scratch) =>
        Gradients(inputs, inputCount, outputs, tiles, signs, 0, scratch, TileLength(inputCount));

    private static int TileLength(int inputCount) => (inputCount * Tile + 15) & ~15;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Gradients(float** inputs, int inputCount, float** outputs, int tiles, float* signs, float rate, float* scores, int tileLength)
    {
        Vector512<float> loss = default;
        for (int t = 0; t < tiles; t++)
        {
            float* f = scores + t * tileLength;
            Dots(inputs, inputCount, outputs + t * Tile, f);
            loss += ToGradients(f, inputCount * Tile, signs + t * SignsLength, rate);
        }

        return SimdMath.Sum(loss);
    }

    // f[b, k] = v_b · v′_k
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dots(float** inputs, int inputCount, float** outputs, float* f)
    {
        float* o0 = outputs[0], o1 = outputs[1], o2 = outputs[2], o3 = outputs[3], o4 = outputs[4], o5 = outputs[5];
        int length = _vectors * 16;
        int b = 0;
        for (; b + 2 <= inputCount; b += 2, f += 2 * Tile)
        {
            float* x = inputs[b], y = inputs[b + 1];
            Vector512<float> x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default;
            Vector512<float> y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default;
            for (int i = 0; i < length; i += 16)
            {
                Vector512<float> vx = Vector512.Load(x + i), vy = Vector512.Load(y + i), o = Vector512.Load(o0 + i);
                x0 = Vector512.FusedMultiplyAdd(vx, o, x0);
                y0 = Vector512.FusedMultiplyAdd(vy, o, y0);
                o = Vector512.Load(o1 + i);
                x1 = Vector512.FusedMultiplyAdd(vx, o, x1);
                y1 = Vector512.FusedMultiplyAdd(vy, o, y1);
                o = Vector512.Load(o2 + i);
                x2 = Vector512.FusedMultiplyAdd(vx, o, x2);
                y2 = Vector512.FusedMultiplyAdd(vy, o, y2);
                o = Vector512.Load(o3 + i);
                x3 = Vector512.FusedMultiplyAdd(vx, o, x3);
                y3 = Vector512.FusedMultiplyAdd(vy, o, y3);
                o = Vector512.Load(o4 + i);
                x4 = Vector512.FusedMultiplyAdd(vx, o, x4);
                y4 = Vector512.FusedMultiplyAdd(vy, o, y4);
                o = Vector512.Load(o5 + i);
                x5 = Vector512.FusedMultiplyAdd(vx, o, x5);
                y5 = Vector512.FusedMultiplyAdd(vy, o, y5);
            }

            SimdMath.Sum4(x0, x1, x2, x3).Store(f);
            Vector128<float> last = SimdMath.Sum4(x4, x5, y0, y1);
            last.Store(f + 4);
            SimdMath.Sum4(y2, y3, y4, y5).Store(f + 8);
        }

        if (b < inputCount)
        {
            float* x = inputs[b];
            Vector512<float> x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default;
            for (int i = 0; i < length; i += 16)
            {
                Vector512<float> vx = Vector512.Load(x + i);
                x0 = Vector512.FusedMultiplyAdd(vx, Vector512.Load(o0 + i), x0);
                x1 = Vector512.FusedMultiplyAdd(vx, Vector512.Load(o1 + i), x1);
                x2 = Vector512.FusedMultiplyAdd(vx, Vector512.Load(o2 + i), x2);
                x3 = Vector512.FusedMultiplyAdd(vx, Vector512.Load(o3 + i), x3);
                x4 = Vector512.FusedMultiplyAdd(vx, Vector512.Load(o4 + i), x4);
                x5 = Vector512.FusedMultiplyAdd(vx, Vector512.Load(o5 + i), x5);
            }

            SimdMath.Sum4(x0, x1, x2, x3).Store(f);
            SimdMath.Sum4(x4, x5, default, default).Store(f + 4);
        }
    }

    // With z = ±f and w = σ(−z): f becomes ±η·w, and the loss is −log σ(z) = max(−z, 0) + log(1 + e^−|z|), exact for large and for small |z|.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> ToGradients(float* f, int count, float* signs, float rate)
    {
        Vector512<float> one = Vector512<float>.One, sum = default, product = one;
        for (int i = 0, phase = 0; i < count; i += 16, phase = phase == 32 ? 0 : phase + 16)
        {
            Vector512<float> sign = Vector512.Load(signs + phase);
            if (count - i < 16) sign &= Vector512.LessThan(Lanes, Vector512.Create((float)(count - i)));
            Vector512<float> z = Vector512.Load(f + i) * sign;
            Vector512<float> e = SimdMath.Exp(-Vector512.Abs(z));
            Vector512<float> wrong = Vector512.ConditionalSelect(Vector512.LessThan(z, Vector512<float>.Zero), one, e) / (one + e);
            (wrong * rate * sign).Store(f + i);

            Vector512<float> present = ~Vector512.Equals(sign, Vector512<float>.Zero);
            sum += Vector512.Max(-z, Vector512<float>.Zero) & present;
            product *= one + (e & present);                                           // at most 2 each: one logarithm for many
            if (i % LogarithmInterval == LogarithmInterval - 16)
            {
                sum += SimdMath.Log(product);
                product = one;
            }
        }

        return sum + SimdMath.Log(product);
    }

    // v_b += Σ_k g_bk·v′_k, v′_k += Σ_b g_bk·v_b. With several tiles the steps of v_b add up in scratch, so that each tile reads the same v_b.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(float** inputs, int inputCount, float** outputs, int tiles, float* gradients, int tileLength, float* steps)
    {
        int length = _vectors * 16;
        for (int i = 0; i < length; i += 16)
        {
            for (int t = 0; t < tiles; t++)
            {
                float** rows = outputs + t * Tile;
                float* p0 = rows[0] + i, p1 = rows[1] + i, p2 = rows[2] + i, p3 = rows[3] + i, p4 = rows[4] + i, p5 = rows[5] + i;
                Vector512<float> o0 = Vector512.Load(p0), o1 = Vector512.Load(p1), o2 = Vector512.Load(p2);
                Vector512<float> o3 = Vector512.Load(p3), o4 = Vector512.Load(p4), o5 = Vector512.Load(p5);
                Vector512<float> n0 = o0, n1 = o1, n2 = o2, n3 = o3, n4 = o4, n5 = o5;
                float* g = gradients + t * tileLength;
                for (int b = 0; b < inputCount; b++, g += Tile)
                {
                    Vector512<float> x = Vector512.Load(inputs[b] + i);
                    Vector512<float> y = tiles == 1 ? x : t == 0 ? default : Vector512.Load(steps + b * 16);
                    Vector512<float> g0 = Vector512.Create(g[0]), g1 = Vector512.Create(g[1]), g2 = Vector512.Create(g[2]);
                    y = Vector512.FusedMultiplyAdd(g0, o0, y);
                    n0 = Vector512.FusedMultiplyAdd(g0, x, n0);
                    y = Vector512.FusedMultiplyAdd(g1, o1, y);
                    n1 = Vector512.FusedMultiplyAdd(g1, x, n1);
                    y = Vector512.FusedMultiplyAdd(g2, o2, y);
                    n2 = Vector512.FusedMultiplyAdd(g2, x, n2);
                    Vector512<float> g3 = Vector512.Create(g[3]), g4 = Vector512.Create(g[4]), g5 = Vector512.Create(g[5]);
                    y = Vector512.FusedMultiplyAdd(g3, o3, y);
                    n3 = Vector512.FusedMultiplyAdd(g3, x, n3);
                    y = Vector512.FusedMultiplyAdd(g4, o4, y);
                    n4 = Vector512.FusedMultiplyAdd(g4, x, n4);
                    y = Vector512.FusedMultiplyAdd(g5, o5, y);
                    n5 = Vector512.FusedMultiplyAdd(g5, x, n5);
                    y.Store(tiles == 1 ? inputs[b] + i : steps + b * 16);
                }

                n0.Store(p0);
                n1.Store(p1);
                n2.Store(p2);
                n3.Store(p3);
                n4.Store(p4);
                n5.Store(p5);
            }

            for (int b = 0; tiles > 1 && b < inputCount; b++) (Vector512.Load(inputs[b] + i) + Vector512.Load(steps + b * 16)).Store(inputs[b] + i);
        }
    }
}
