using System.Runtime.InteropServices;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Products;

/// <summary>The installed libraries to compare with. They read their settings from the process's own environment when they are loaded.</summary>
internal static partial class NativePeers
{
    // Shorter spinning than their defaults, so that a turn's threads have parked when the next begins.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("OPENBLAS_THREAD_TIMEOUT", "20"),
        ("GOMP_SPINCOUNT", "20000"),
    ];

    public static List<PeerMultiplier> Load(Workers workers, MatrixKernels kernels)
    {
        bool isWide = kernels.Width == 16;
        foreach ((string name, string value) in Settings) Set(name, value);
        string threads = workers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Set("OPENBLAS_NUM_THREADS", threads);
        Set("OMP_NUM_THREADS", threads);
        Set("OPENBLAS_CORETYPE", isWide ? "SKYLAKEX" : "HASWELL");
        Set("DNNL_MAX_CPU_ISA", isWide ? "ALL" : "AVX2");

        List<PeerMultiplier> found = [];
        if (Load("libopenblas.so.0", "libopenblas0-pthread", out nint openBlas)) found.Add(new OpenBlas(workers, openBlas));
        if (Load("libdnnl.so.2", "libdnnl2", out nint oneDnn) && Load("libgomp.so.1", "libgomp1", out nint openMp)) found.Add(new OneDnn(workers, oneDnn, openMp));
        return found;
    }

    private static bool Load(string library, string package, out nint handle)
    {
        if (NativeLibrary.TryLoad(library, out handle)) return true;

        Console.WriteLine($"  {library} is not installed; the Debian package {package} has it.");
        return false;
    }

    // .NET keeps a copy of the environment; a native library sees the original. A value that was given from outside stays.
    private static void Set(string name, string value)
    {
        if (!OperatingSystem.IsWindows() && setenv(name, value, overwrite: 0) != 0) throw new InvalidOperationException($"The environment variable {name} could not be set to '{value}'.");
    }

#pragma warning disable SA1300, IDE1006 // libc's name
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
#pragma warning restore SA1300, IDE1006
}

/// <summary>OpenBLAS, by its C interface of BLAS.</summary>
internal sealed unsafe class OpenBlas(Workers workers, nint library) : PeerMultiplier(workers)
{
    private const int RowMajor = 101, Plain = 111, Transposed = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _multiply =
        (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");

    private readonly delegate* unmanaged<int, void> _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");

    private readonly delegate* unmanaged<byte*> _configuration = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_config");

    public override string Name => "OpenBLAS";

    public override string ToString() => Marshal.PtrToStringUTF8((nint)_configuration()) ?? Name;

    protected override void SetThreads(int threads) => _setThreads(threads);

    protected override void Call(ProductCase product, float* a, float* b, float* c) => _multiply(
        RowMajor, product.Transpose == Transpose.Left ? Transposed : Plain, product.Transpose == Transpose.Right ? Transposed : Plain,
        product.M, product.N, product.K, 1, a, product.Lda, b, product.Ldb, 0, c, product.N);
}

/// <summary>oneDNN, by its row-major BLAS-like function.</summary>
internal sealed unsafe class OneDnn(Workers workers, nint library, nint openMp) : PeerMultiplier(workers)
{
    private readonly delegate* unmanaged<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int> _multiply =
        (delegate* unmanaged<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int>)NativeLibrary.GetExport(library, "dnnl_sgemm");

    private readonly delegate* unmanaged<int*> _version = (delegate* unmanaged<int*>)NativeLibrary.GetExport(library, "dnnl_version");

    // OpenMP's number of threads belongs to the calling thread.
    private readonly delegate* unmanaged<int, void> _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(openMp, "omp_set_num_threads");

    public override string Name => "oneDNN";

    public override string ToString() => $"oneDNN {_version()[0]}.{_version()[1]}.{_version()[2]}";

    protected override void SetThreads(int threads) => _setThreads(threads);

    protected override void Call(ProductCase product, float* a, float* b, float* c)
    {
        int status = _multiply(
            (byte)(product.Transpose == Transpose.Left ? 'T' : 'N'), (byte)(product.Transpose == Transpose.Right ? 'T' : 'N'),
            product.M, product.N, product.K, 1, a, product.Lda, b, product.Ldb, 0, c, product.N);
        if (status != 0) throw new InvalidOperationException($"dnnl_sgemm returned status {status} for {product}.");
    }
}
