using System.Runtime.InteropServices;
using TorchSharp;

namespace NlpPretrain.Peers;

/// <summary>Which libtorch is compared with, as the one who started the program says.</summary>
internal static partial class TorchBuild
{
    public static string Name { get; } = Environment.GetEnvironmentVariable("NLPPRETRAIN_TORCH") ?? "shipped";

    public static bool IsShipped => Name == "shipped";

    /// <summary>Lets OpenMP's threads park within a millisecond, so that they do not run on into our turn. Before libtorch is loaded.</summary>
    public static void ShortenSpinning()
    {
        // .NET keeps a copy of the environment; a native library sees the original. A value that was given from outside stays.
        if (!OperatingSystem.IsWindows() && setenv("GOMP_SPINCOUNT", "20000", overwrite: 0) != 0) throw new InvalidOperationException("GOMP_SPINCOUNT could not be set.");
    }

    public static long[] Sizes(Tensors.Shape shape) => [.. Enumerable.Range(0, shape.Rank).Select(axis => (long)shape[axis])];

    /// <summary>A tensor of libtorch's own memory with values of ours.</summary>
    public static torch.Tensor Copy(Tensors.Parameter parameter) => torch.tensor(parameter.Data.ToArray()).view(Sizes(parameter.Shape));

    public static torch.Tensor Indices(int[] ids, params long[] sizes) => torch.tensor(ids.Select(id => (long)id).ToArray()).view(sizes);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
