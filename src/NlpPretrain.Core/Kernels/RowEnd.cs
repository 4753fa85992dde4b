using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>Parts of registers, on processors whose loads and stores take no mask.</summary>
internal static unsafe class RowEnd
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TSimd Load<TSimd>(float* source, int count) where TSimd : struct, ISimd<TSimd>
    {
        float* lanes = stackalloc float[Row.Lanes];
        for (int i = 0; i < Row.Lanes; i++) lanes[i] = i < count ? source[i] : 0;
        return TSimd.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Store<TSimd>(float* target, TSimd values, int count) where TSimd : struct, ISimd<TSimd>
    {
        float* lanes = stackalloc float[Row.Lanes];
        values.Store(lanes);
        for (int i = 0; i < Math.Min(count, Row.Lanes); i++) target[i] = lanes[i];
    }
}
