using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>The choice of a register. Its conditions are constants of the compiler, so only the branch taken is left.</summary>
internal static class Simd
{
    /// <summary>Does a piece with the widest registers of this processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<TPieces>(in TPieces work, int piece) where TPieces : struct, ISimdPieces
    {
        if (Vector512.IsHardwareAccelerated) work.Run<Simd512>(piece);
        else if (Simd256.IsSupported) work.Run<Simd256>(piece);
        else if (Simd128.IsSupported) work.Run<Simd128>(piece);
        else work.Run<Simd512>(piece);
    }
}
