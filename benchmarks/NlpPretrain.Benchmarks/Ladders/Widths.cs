using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>Kernels in registers of a given width, on this thread. Until a kernel is written over <see cref="ISimd{TSelf}"/> it has one width, 512.</summary>
internal static class Widths
{
    /// <summary>This thread as a team.</summary>
    public static Workers Alone { get; } = new(1);

    /// <summary>Whether this processor can climb a rung, by its name.</summary>
    public static bool IsSupported(Type ladder, string rung) => rung switch
    {
        nameof(Simd128) => Simd128.IsSupported && ladder == typeof(MatrixProductLadder),
        nameof(Simd256) => Simd256.IsSupported && ladder == typeof(MatrixProductLadder),
        nameof(Simd512) => Simd512.IsSupported,
        _ => true,
    };

    public static void Run<TSimd, TPieces>(ref TPieces work, int pieces)
        where TSimd : struct, ISimd<TSimd>
        where TPieces : struct, IPieces
    {
        for (int piece = 0; piece < pieces; piece++) work.Run(piece);
    }
}
