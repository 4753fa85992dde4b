namespace NlpPretrain.Kernels;

/// <summary>Which factor of a product is stored as its transpose.</summary>
internal enum Transpose
{
    /// <summary>A is stored [M, K] and B [K, N].</summary>
    None,

    /// <summary>Aᵀ·B: A is stored [K, M].</summary>
    Left,

    /// <summary>A·Bᵀ: B is stored [N, K].</summary>
    Right,
}
