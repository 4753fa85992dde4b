namespace NlpPretrain.Kernels;

/// <summary>Pieces that are written over a register: <see cref="IPieces.Run"/> is <c>Simd.Run(this, piece)</c>.</summary>
internal interface ISimdPieces : IPieces
{
    /// <summary>Does one piece, with the same bits whatever the register.</summary>
    /// <param name="piece">0 to the number of pieces − 1.</param>
    /// <typeparam name="TSimd">The register.</typeparam>
    void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>;
}
