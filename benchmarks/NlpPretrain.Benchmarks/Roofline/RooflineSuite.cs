using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Initialization;
using NlpPretrain.Kernels;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks.Roofline;

/// <summary>Every kernel as a fraction of what this machine can do: of its arithmetic, of its memory, and of whichever binds.</summary>
/// <remarks>
/// Operations are counted as the mathematics has them (a multiply-add is two, an exponential 20), bytes as the least that must move if each value is read
/// or written once. A kernel whose data a cache holds may read above the memory's rate.
/// </remarks>
internal sealed class RooflineSuite : IDisposable
{
    private const int Threads = 2;
    private const double Exponential = 20, WarmingSeconds = 0.4;

    private readonly TensorArena _arena = new(Threads);
    private readonly int _rounds;
    private readonly double _peak, _bandwidth;

    private RooflineSuite(bool quick)
    {
        _rounds = quick ? 5 : 15;
        _peak = Machine.FloatingPointPeak(_arena.Workers);
        _bandwidth = Machine.MemoryBandwidth(_arena.Workers);
        Print($"  {Threads} threads: {_peak / 1e9:F0} GFLOP/s of fused multiply-adds, {_bandwidth / 1e9:F1} GB/s from memory; matrix kernels: {MatrixKernels.Best.Name}");
        Print($"  {"kernel",-44} {"us",10} {"GFLOP/s",9} {"of peak",8} {"GB/s",8} {"of memory",9} {"of the bound",12}");
    }

    public static void Run(bool quick)
    {
        using RooflineSuite suite = new(quick);
        foreach (int size in new[] { 256, 512, 1024, 2048 }) suite.Multiply(Transpose.None, size, size, size);
        foreach (int outputs in new[] { 768, 2304, 3072 }) suite.Multiply(Transpose.Right, 512, outputs, 768);
        suite.Multiply(Transpose.Right, 4096, 3072, 768);
        suite.Multiply(Transpose.None, 512, 768, 3072);
        suite.Multiply(Transpose.Left, 3072, 768, 512);
        suite.Multiply(Transpose.Right, 32, 2048, 512);
        suite.Packed(32, 2048, 512);
        suite.Multiply(Transpose.Right, 512, 30_522, 768);
        suite.Batch(12, 128, 128, 64);
        suite.Operations();
    }

    public void Dispose() => _arena.Dispose();

    private unsafe void Multiply(Transpose transpose, int m, int n, int k)
    {
        Parameter a = Filled(new(m, k)), b = Filled(new(n, k)), c = Filled(new(m, n));
        int lda = transpose == Transpose.Left ? m : k, ldb = transpose == Transpose.Right ? k : n;
        Check(() => MatrixMultiply.Run(_arena.Workers, transpose, m, n, k, a.Node.Data, lda, b.Node.Data, ldb, c.Node.Data, n, accumulate: false), transpose, k, lda, ldb, a, b, c);
        Measure($"multiply {Name(transpose)} {m} x {k} > {n}", 2.0 * m * n * k, 4.0 * ((double)m * k + (double)n * k + (double)m * n),
            () => MatrixMultiply.Run(_arena.Workers, transpose, m, n, k, a.Node.Data, lda, b.Node.Data, ldb, c.Node.Data, n, accumulate: false));
    }

    private unsafe void Packed(int m, int n, int k)
    {
        Parameter a = Filled(new(m, k)), b = Filled(new(n, k)), c = Filled(new(m, n));
        PackedMatrix packed = new(k, n);
        packed.Pack(_arena.Workers, transposed: true, b.Node.Data, k);
        Check(() => MatrixMultiply.Run(_arena.Workers, m, a.Node.Data, k, packed, c.Node.Data, n, accumulate: false), Transpose.Right, k, k, k, a, b, c);
        Measure($"multiply packed {m} x {k} > {n}", 2.0 * m * n * k, 4.0 * ((double)m * k + (double)n * k + (double)m * n),
            () => MatrixMultiply.Run(_arena.Workers, m, a.Node.Data, k, packed, c.Node.Data, n, accumulate: false));
    }

    private unsafe void Batch(int batch, int m, int n, int k)
    {
        Parameter a = Filled(new(batch, m, k)), b = Filled(new(batch, k, n)), c = Filled(new(batch, m, n));
        Measure($"multiply {batch} x ({m} x {k} > {n})", 2.0 * batch * m * n * k, 4.0 * batch * ((double)m * k + (double)n * k + (double)m * n), () => MatrixMultiply.RunBatch(
            _arena.Workers, Transpose.None, batch, m, n, k, a.Node.Data, (nint)m * k, k, b.Node.Data, (nint)k * n, n, c.Node.Data, (nint)m * n, n, accumulate: false));
    }

    private void Operations()
    {
        const int Rows = 1024, Width = 768, Vocabulary = 8_000, Heads = 12, Time = 256;
        double size = Rows * Width;
        Parameter x = Filled(new(Rows, Width)), gain = Filled(new(Width)), bias = Filled(new(Width)), weight = Filled(new(Width, Width)), table = Filled(new(Vocabulary, Width));
        Both("GELU (tanh)", size * (Exponential + 10), 8 * size, x, input => input.Gelu());
        Both("GELU (exact)", size * (Exponential + 30), 8 * size, x, input => input.GeluExact());
        Both("layer norm", size * 8, 8 * size, x, input => input.LayerNorm(gain, bias, 1e-5f));
        Both("softmax", size * (Exponential + 4), 8 * size, x, input => input.Softmax(), backwardOperations: 6 * size);
        Both("linear with GELU 1024 x 768 > 768", 2 * size * Width + size * (Exponential + 10), 4 * (2 * size + Width * Width), x, input => input.Linear(weight, bias, Activation.GeluTanh));

        int[] targets = [.. Enumerable.Range(0, Rows).Select(i => i * 7 % Vocabulary)];
        Both("cross entropy 1024 x 768 > 8,000", 2 * size * Vocabulary + Exponential * Rows * Vocabulary, 4 * (size + (double)Vocabulary * Width), x, input => input.CrossEntropy(table, null, targets));

        Parameter qkv = Filled(new(Rows / Time, Time, 3 * Width));
        Both($"causal attention 4 x 256, {Heads} heads of 64", 2.0 * size * Time + Exponential / 2 * Heads * (double)Rows * Time, 16 * size, qkv, input => input.CausalAttention(Heads));

        Parameter large = Filled(new(2_000_000));
        AdamW optimizer = new(_arena, [new([large])]);
        Measure("AdamW, 2,000,000 weights", 14.0 * large.Shape.Size, 28.0 * large.Shape.Size, () => optimizer.Step(1e-6), () =>
        {
            using Pass pass = Pass.Training(_arena);
            (pass.Zeros(large.Shape) + large).Sum().Backward();
        });
    }

    private void Both(string name, double operations, double bytes, Parameter x, Func<Tensor, Tensor> forward, double? backwardOperations = null)
    {
        Pass pass = default;
        Tensor input = default, loss = default;
        Measure(name, operations, bytes, () => forward(input), Begin, () => pass.Dispose());
        Measure(name + ", backward", backwardOperations ?? 2 * operations, 2 * bytes, () => loss.Backward(), () =>
        {
            Begin();
            Tensor y = forward(input);
            loss = y.Shape.Size == 1 ? y : y.Sum();
        }, () => pass.Dispose());

        void Begin()
        {
            pass = Pass.Training(_arena);
            input = pass.Variable(x.Data, x.Shape);
        }
    }

    private void Measure(string name, double operations, double bytes, Action action, Action? prepare = null, Action? finish = null)
    {
        // Tiered compilation takes a moment to find what is hot.
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began).TotalSeconds < WarmingSeconds;) Time();
        double[] times = [.. Enumerable.Range(0, _rounds).Select(_ => Time())];

        double time = times.Order().ElementAt(_rounds / 2), bound = Math.Max(operations / _peak, bytes / _bandwidth);
        Print($"  {name,-44} {time * 1e6,10:F1} {operations / time / 1e9,9:F1} {operations / time / _peak,8:P0} {bytes / time / 1e9,8:F1} {bytes / time / _bandwidth,9:P0} {bound / time,12:P0}");

        double Time()
        {
            prepare?.Invoke();
            long start = Stopwatch.GetTimestamp();
            action();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            finish?.Invoke();
            return seconds;
        }
    }

    // A few elements against the chain of fused multiply-adds that the product is defined as.
    private static void Check(Action multiply, Transpose transpose, int k, int lda, int ldb, Parameter a, Parameter b, Parameter c)
    {
        multiply();
        (int m, int n) = (c.Shape[0], c.Shape[1]);
        foreach ((int row, int column) in new[] { (0, 0), (m - 1, n - 1), (m / 2, n / 3) })
        {
            float sum = 0;
            for (int i = 0; i < k; i++)
                sum = MathF.FusedMultiplyAdd(a.Data[transpose == Transpose.Left ? i * lda + row : row * lda + i], b.Data[transpose == Transpose.Right ? column * ldb + i : i * ldb + column], sum);
            if (c.Data[row * n + column] != sum) throw new InvalidOperationException($"Element ({row}, {column}) of the product is {c.Data[row * n + column]}; the chain of multiply-adds gives {sum}.");
        }
    }

    private static Parameter Filled(Shape shape)
    {
        Parameter parameter = new("p", shape);
        Initializers.Uniform(1)(parameter.Data, shape, new RandomStream(1));
        return parameter;
    }

    private static string Name(Transpose transpose) => transpose switch { Transpose.Left => "AᵀB", Transpose.Right => "ABᵀ", _ => "AB" };

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
