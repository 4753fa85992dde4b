using System.Globalization;
using NlpPretrain.Benchmarks.Roofline;
using NlpPretrain.Initialization;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks.Products;

/// <summary>The matrix products of training, forward and for both gradients, beside OpenBLAS and oneDNN on the same matrices in the same process.</summary>
internal sealed class ProductsSuite : IDisposable
{
    private const int Threads = 2, CheckedElements = 4_000;
    private const double RatioGoal = 0.97, PeakGoal = 90, LargeProduct = 5e8, Tolerance = 1e-5;

    private static readonly ProductShape[] Shapes =
    [
        new("256", 256, 256, 256),
        new("512", 512, 512, 512),
        new("1024", 1024, 1024, 1024),
        new("2048", 2048, 2048, 2048),
        new("512x768x768", 512, 768, 768),
        new("512x768x2304", 512, 768, 2304),
        new("512x768x3072", 512, 768, 3072),
        new("4096x768x3072", 4096, 768, 3072),
        new("heads-12x128x64x128", 128, 64, 128, 12),
        new("lstm-32x512x2048", 32, 512, 2048),
        new("vocabulary-512x768x30522", 512, 768, 30_522),
    ];

    private readonly Workers _workers = new(Threads);
    private readonly MatrixKernels _kernels;
    private readonly Turns _turns;
    private readonly List<Multiplier> _sides;
    private readonly double _peak;

    private ProductsSuite(bool quick, MatrixKernels kernels)
    {
        _kernels = kernels;
        _turns = quick ? new Turns(5, 1e-3) : new Turns(15, 3e-3);
        List<PeerMultiplier> peers = NativePeers.Load(_workers, kernels);
        _sides = [new OurMultiplier(_workers, kernels), .. peers];
        _peak = Machine.FloatingPointPeak(_workers, kernels.Width);
        Print($"  {Threads} threads, {kernels.Name} kernels, {_peak / 1e9:F0} GFLOP/s of fused multiply-adds in {kernels.Width} lanes; {string.Join("; ", peers)}");
        Print($"  {"GFLOP/s",-42}{string.Concat(_sides.Select(side => $"{side.Name,10}")),-30}{"of peak",10}");
    }

    /// <summary>Runs every shape.</summary>
    /// <param name="quick">Fewer rounds, and without the largest shapes.</param>
    /// <param name="kernels">A name of <see cref="MatrixKernels.Supported"/>, or null for the kernels in use.</param>
    public static void Run(bool quick, string? kernels)
    {
        MatrixKernels chosen = MatrixKernels.Supported.FirstOrDefault(supported => supported.Name == (kernels ?? MatrixKernels.Best.Name)) ?? throw new ArgumentException(
            $"--kernels {kernels}: this processor has {string.Join(", ", MatrixKernels.Supported.Select(supported => supported.Name))}.", nameof(kernels));
        using ProductsSuite suite = new(quick, chosen);
        foreach (ProductShape shape in Shapes.Where(shape => !quick || shape.Operations < 1e10))
        {
            foreach (Direction direction in Enum.GetValues<Direction>()) suite.Compare(new(shape, direction));
        }
    }

    public void Dispose() => _workers.Dispose();

    private unsafe void Compare(ProductCase product)
    {
        int batch = product.Shape.Batch;
        Parameter a = Filled(new(batch, product.M, product.K), 1), b = Filled(new(batch, product.N, product.K), 2), c = Filled(new(batch, product.M, product.N), 3);
        foreach (Multiplier side in _sides)
        {
            c.Data.Fill(float.NaN);
            side.Multiply(product, a.Node.Data, b.Node.Data, c.Node.Data);
            Check(product, side.Name, a.Data, b.Data, c.Data);
        }

        double[] times = _turns.Medians([.. _sides.Select(side => (Action)(() => side.Multiply(product, a.Node.Data, b.Node.Data, c.Node.Data)))]);
        double percent = 100 * product.Shape.Operations / times[0] / _peak;
        Print($"  {product.Name,-42}{string.Concat(times.Select(time => string.Create(CultureInfo.InvariantCulture, $"{product.Shape.Operations / time / 1e9,10:F1}"))),-30}{percent,8:F1} %");
        if (_kernels != MatrixKernels.Best)
        {
            if (product.Shape.Operations >= LargeProduct) Print($"FIGURE products-{_kernels.Name}/{product.Name} {percent:F1} % goal {PeakGoal}");
        }
        else if (times.Length > 1)
        {
            Print($"RATIO products/{product.Name} {times.Skip(1).Min() / times[0]:F3} goal {RatioGoal}");
        }
    }

    // Every element of a small product, and elements spread over a large one, against the sum in double precision.
    internal static void Check(ProductCase product, string name, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c)
    {
        (int m, int n, int k) = (product.M, product.N, product.K);
        int stride = Math.Max(1, c.Length / CheckedElements) | 1;
        for (int at = 0; at < c.Length; at = at == c.Length - 1 ? c.Length : Math.Min(at + stride, c.Length - 1))
        {
            (int i, int row, int column) = (at / (m * n), at / n % m, at % n);
            ReadOnlySpan<float> left = a.Slice(i * m * k, m * k), right = b.Slice(i * n * k, n * k);
            double sum = 0, size = 0;
            for (int term = 0; term < k; term++)
            {
                double x = left[product.Transpose == Transpose.Left ? term * m + row : row * k + term];
                double y = right[product.Transpose == Transpose.Right ? column * k + term : term * n + column];
                (sum, size) = (sum + x * y, size + Math.Abs(x * y));
            }

            if (!(Math.Abs(c[at] - sum) <= Tolerance * size))
                throw new InvalidOperationException($"{name}, {product.Name}: element ({i}, {row}, {column}) is {c[at]:R}; in double precision it is {sum:R}.");
        }
    }

    internal static Parameter Filled(Shape shape, ulong seed)
    {
        Parameter parameter = new("p", shape);
        Initializers.Uniform(1)(parameter.Data, shape, new RandomStream(seed));
        return parameter;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
