using System.Globalization;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks;

/// <summary>Every one of the 2³² floats through our exp, log, tanh and erf, against double precision: the largest error in units of the last place, and where.</summary>
internal static unsafe class SweepSuite
{
    private const double Goal = 1;
    private const int PieceBits = 20;

    private interface IFunction
    {
        static abstract TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd>;
    }

    public static void Run(IEnumerable<string> names, bool quick)
    {
        HashSet<string> wanted = [.. names];
        Sweep<ExpFunction>("exp", Math.Exp);
        Sweep<LogFunction>("log", Math.Log);
        Sweep<TanhFunction>("tanh", Math.Tanh);
        Sweep<ErfFunction>("erf", Erf);

        void Sweep<TFunction>(string name, Func<double, double> exact) where TFunction : struct, IFunction
        {
            if (wanted.Count > 0 && !wanted.Contains(name)) return;

            (double worst, float at) = Worst<TFunction>(exact, quick ? 1009u : 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FIGURE sweep/{name} {worst:F3} ulp goal {Goal:F1}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  at {at:R}{(quick ? ", one float in 1009" : ", every float")}"));
        }
    }

    private static (double Worst, float At) Worst<TFunction>(Func<double, double> exact, uint stride) where TFunction : struct, IFunction
    {
        (double Worst, float At) result = (0, 0);
        Lock gate = new();
        Parallel.For(0, 1 << (32 - PieceBits), piece =>
        {
            (double Worst, float At) mine = (0, 0);
            float* x = stackalloc float[16], y = stackalloc float[16];
            SixteenPieces<TFunction> work = new() { X = x, Y = y };
            uint first = (uint)piece << PieceBits, start = first + (stride - first % stride) % stride;
            for (ulong bits = start; bits < (ulong)first + (1u << PieceBits); bits += 16 * stride)
            {
                for (int lane = 0; lane < 16; lane++) x[lane] = BitConverter.UInt32BitsToSingle((uint)(bits + (ulong)lane * stride));
                work.Run(0);
                for (int lane = 0; lane < 16; lane++)
                {
                    double error = Error(y[lane], exact(x[lane]));
                    if (error > mine.Worst) mine = (error, x[lane]);
                }
            }

            lock (gate)
            {
                if (mine.Worst > result.Worst) result = mine;
            }
        });
        return result;
    }

    /// <summary>The error in units of the last place of the exact value as a float.</summary>
    internal static double Error(float ours, double exact)
    {
        float rounded = (float)exact;
        if (float.IsNaN(rounded) || float.IsNaN(ours)) return float.IsNaN(rounded) == float.IsNaN(ours) ? 0 : double.PositiveInfinity;
        if (float.IsInfinity(rounded) || float.IsInfinity(ours)) return ours == rounded || Math.Abs(exact) > float.MaxValue * (1 - 1e-7) ? 0 : double.PositiveInfinity;
        float size = MathF.Abs(rounded);
        return Math.Abs(ours - exact) / (MathF.BitIncrement(size) - size);
    }

    /// <summary>erf x in double precision: its series near 0, the continued fraction of erfc far out.</summary>
    internal static double Erf(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x) || size > 6) return double.IsNaN(x) ? x : Math.Sign(x);
        if (size > 2.5)
        {
            double fraction = 0;
            for (int k = 60; k > 0; k--) fraction = k / 2.0 / (size + fraction);
            return Math.Sign(x) * (1 - Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (size + fraction));
        }

        // erf x = 2/√π·e^−x²·Σ 2ⁿ·x²ⁿ⁺¹ / (1·3·5 … (2n + 1)): no cancellation.
        double term = x, sum = x;
        for (int n = 1; n < 60 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private struct SixteenPieces<TFunction> : ISimdPieces where TFunction : struct, IFunction
    {
        internal float* X, Y;

        public readonly void Run(int piece) => Simd.Run(this, piece);

        public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd> => TFunction.Value(TSimd.Load(X)).Store(Y);
    }

    private readonly struct ExpFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Exp(x);
    }

    private readonly struct LogFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Log(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Tanh(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        public static TSimd Value<TSimd>(TSimd x) where TSimd : struct, ISimd<TSimd> => Functions.Erf(x);
    }
}
