using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

internal static partial class Functions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Exp(Vector512<float> x) => Exp(new Simd512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> ExpOrZero(Vector512<float> x) => ExpOrZero(new Simd512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Log(Vector512<float> x) => Log(new Simd512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Sigmoid(Vector512<float> x) => Sigmoid(new Simd512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Tanh(Vector512<float> x) => Tanh(new Simd512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Erf(Vector512<float> x) => Erf(new Simd512(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> NormalDistribution(Vector512<float> x) => NormalDistribution(new Simd512(x)).Value;
}
