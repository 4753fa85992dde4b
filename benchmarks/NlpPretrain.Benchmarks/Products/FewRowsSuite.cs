using System.Globalization;
using NlpPretrain.Benchmarks.Roofline;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks.Products;

/// <summary>Some rows times the weights of BERT Base, which come from memory each time as in inference: turned, by packing the weights, and by the peers.</summary>
internal sealed unsafe class FewRowsSuite : IDisposable
{
    // Weights beyond what a third-level cache holds.
    private const int Threads = 2, WeightFloats = 24_000_000;

    private static readonly (int Inputs, int Outputs)[] Layers = [(768, 768), (768, 2304), (768, 3072), (3072, 768)];
    private static readonly int[] Rows = [16, 24, 32, 48, 64, 128, 256, 384];

    private readonly Workers _workers = new(Threads);
    private readonly Turns _turns;
    private readonly List<PeerMultiplier> _peers;
    private readonly double _peak;

    private FewRowsSuite(bool quick)
    {
        _turns = quick ? new Turns(5, 1e-3) : new Turns(15, 3e-3);
        _peers = NativePeers.Load(_workers, MatrixKernels.Best);
        _peak = Machine.FloatingPointPeak(_workers, MatrixKernels.Best.Width);
        Print($"  {Threads} threads, {MatrixKernels.Best.Name} kernels, {_peak / 1e9:F0} GFLOP/s of fused multiply-adds; {string.Join("; ", _peers)}");
        Print($"  {"GFLOP/s",-24}{"turned",10}{"packing",10}{string.Concat(_peers.Select(peer => $"{peer.Name,10}"))}{"of peak",10}{"weights",12}");
    }

    public static void Run(bool quick)
    {
        using FewRowsSuite suite = new(quick);
        foreach ((int inputs, int outputs) in Layers)
        {
            foreach (int rows in Rows) suite.Compare(new(new($"{rows}x{inputs}x{outputs}", rows, inputs, outputs), Direction.Forward));
        }
    }

    public void Dispose() => _workers.Dispose();

    private void Compare(ProductCase product)
    {
        (int m, int n, int k) = (product.M, product.N, product.K);
        int size = n * k, count = WeightFloats / size;
        Parameter weights = ProductsSuite.Filled(new(count, n, k), 1), x = ProductsSuite.Filled(new(m, k), 2), y = ProductsSuite.Filled(new(m, n), 3);
        float* a = x.Node.Data, b = weights.Node.Data, c = y.Node.Data;
        List<Action<int>> sides =
        [
            i => MatrixTurned.Run(_workers, MatrixKernels.Best, m, n, k, a, k, b + (nint)i * size, k, c, n, null),
            i => MatrixMultiply.RunBatch(_workers, MatrixKernels.Best, Transpose.Right, 1, m, n, k, a, 0, k, b + (nint)i * size, 0, k, c, 0, n, accumulate: false),
            .. _peers.Select(peer => (Action<int>)(i => peer.Multiply(product, a, b + (nint)i * size, c))),
        ];
        string[] names = ["turned", "packing", .. _peers.Select(peer => peer.Name)];
        for (int side = 0; side < sides.Count; side++)
        {
            y.Data.Fill(float.NaN);
            sides[side](0);
            ProductsSuite.Check(product, names[side], x.Data, weights.Data[..size], y.Data);
        }

        double[] times = _turns.Medians([.. sides.Select(side => (Action)(() => { for (int i = 0; i < count; i++) side(i); }))]);
        double operations = product.Shape.Operations * count;
        string speeds = string.Concat(times.Select(time => string.Create(CultureInfo.InvariantCulture, $"{operations / time / 1e9,10:F1}")));
        Print($"  {m,4} x {k,4} > {n,-10}{speeds}{100 * operations / times[0] / _peak,8:F1} %{sizeof(float) * (double)size * count / times[0] / 1e9,7:F1} GB/s");
        Print($"RATIO rows/{product.Shape.Name} {times.Skip(1).Min() / times[0]:F2}");
        GC.KeepAlive((weights, x, y));
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
