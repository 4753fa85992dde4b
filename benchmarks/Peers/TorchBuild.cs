using TorchSharp;

namespace NlpPretrain.Peers;

/// <summary>Which libtorch is compared with, as the one who started the program says.</summary>
internal static class TorchBuild
{
    public static string Name { get; } = Environment.GetEnvironmentVariable("NLPPRETRAIN_TORCH") ?? "shipped";

    public static bool IsShipped => Name == "shipped";

    public static long[] Sizes(Tensors.Shape shape) => [.. Enumerable.Range(0, shape.Rank).Select(axis => (long)shape[axis])];

    /// <summary>A tensor of libtorch's own memory with values of ours.</summary>
    public static torch.Tensor Copy(Tensors.Parameter parameter) => torch.tensor(parameter.Data.ToArray()).view(Sizes(parameter.Shape));

    public static torch.Tensor Indices(int[] ids, params long[] sizes) => torch.tensor(ids.Select(id => (long)id).ToArray()).view(sizes);
}
