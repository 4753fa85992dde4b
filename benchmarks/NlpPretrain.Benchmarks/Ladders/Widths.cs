using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>Kernels in registers of a given width, on this thread.</summary>
internal static class Widths
{
    /// <summary>This thread as a team.</summary>
    public static Workers Alone { get; } = new(1);

    /// <summary>Whether this processor has the registers of a rung, by its name.</summary>
    public static bool IsSupported(string rung) => rung switch
    {
        nameof(Simd128) => Simd128.IsSupported,
        nameof(Simd256) => Simd256.IsSupported,
        _ => true,
    };

    public static void Run<TSimd, TPieces>(ref TPieces work, int pieces)
        where TSimd : struct, ISimd<TSimd>
        where TPieces : struct, ISimdPieces
    {
        for (int piece = 0; piece < pieces; piece++) work.Run<TSimd>(piece);
    }
}
