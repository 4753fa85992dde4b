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

    /// <summary>Whether a kernel is written over a register; else it has one width, which stands for the widest.</summary>
    public static bool Has<TPieces>() where TPieces : struct, IPieces => typeof(TPieces).IsAssignableTo(typeof(ISimdPieces));

    public static void Run<TSimd, TPieces>(ref TPieces work, int pieces)
        where TSimd : struct, ISimd<TSimd>
        where TPieces : struct, IPieces
    {
        if (work is ISimdPieces wide)
        {
            for (int piece = 0; piece < pieces; piece++) wide.Run<TSimd>(piece);
        }
        else
        {
            for (int piece = 0; piece < pieces; piece++) work.Run(piece);
        }
    }
}
