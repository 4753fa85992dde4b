using System.Runtime.InteropServices;

namespace NlpPretrain.Kernels;

/// <summary>Each thread's own memory for packed blocks: it grows to the largest block asked for, and is used again.</summary>
internal static unsafe class PackingBuffer
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static float[]? _values;

    /// <summary>At least <paramref name="length"/> floats, aligned to a cache line, of unknown values; good until this thread asks again.</summary>
    internal static float* Get(nint length)
    {
        float[]? values = _values;
        if (values is null || values.Length < length + Alignment / sizeof(float))
        {
            values = GC.AllocateUninitializedArray<float>(checked((int)(length + length / 4 + Alignment)), pinned: true);
            _values = values;
        }

        return Align(values);
    }

    /// <summary>The first address inside a pinned array that starts a cache line.</summary>
    internal static float* Align(float[] pinned) =>
        (float*)((Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0) + (Alignment - 1)) & ~(nint)(Alignment - 1));
}
