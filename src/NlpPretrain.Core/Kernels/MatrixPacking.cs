using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NlpPretrain.Kernels;

/// <summary>Copies a strip of a matrix so that the tile reads it in order: target[k, i], i below a small count, for all k.</summary>
internal static unsafe class MatrixPacking
{
    /// <summary>Strips that are copied side by side: the more of a row is read at once, the less its page and its lines are waited for.</summary>
    internal const int StripsAtOnce = 4;

    /// <summary>target[k, i] = source[k, i] for i below <paramref name="count"/>, and 0 up to <paramref name="padded"/>.</summary>
    internal static void Copy(int count, int padded, int k, float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (; k > 0; k--, source += sourceStride, target += targetStride)
        {
            // The last register overlaps the one before, so nothing beyond the strip is read or written.
            int i = 0;
            if (count >= 8)
            {
                for (; i <= count - 8; i += 8) Vector256.Load(source + i).Store(target + i);
                if (i < count) Vector256.Load(source + count - 8).Store(target + count - 8);
            }
            else if (count >= 4)
            {
                Vector128.Load(source).Store(target);
                Vector128.Load(source + count - 4).Store(target + count - 4);
            }
            else
            {
                for (; i < count; i++) target[i] = source[i];
            }

            for (i = count; i < padded; i++) target[i] = 0;
        }
    }

    /// <summary>Strips beside each other in the source, to their own places in the target: target[s·step + k·count + i] = source[k, s·count + i].</summary>
    /// <remarks>Up to 15 floats behind the strips in each row of the source but the last are read where <c>mayReadOver</c>.</remarks>
    internal static void CopyStrips(int strips, int count, int k, float* source, nint sourceStride, float* target, nint step, bool mayReadOver)
    {
        if (Vector512.IsHardwareAccelerated && count == 32)
        {
            for (; k > 0; k--, source += sourceStride, target += 32)
            {
                FetchAhead(source, sourceStride, 32 * strips);
                for (int strip = 0; strip < strips; strip++)
                {
                    Vector512.Load(source + 32 * strip).Store(target + strip * step);
                    Vector512.Load(source + 32 * strip + 16).Store(target + strip * step + 16);
                }
            }

            return;
        }

        if (Vector256.IsHardwareAccelerated && count == 16)
        {
            for (; k > 0; k--, source += sourceStride, target += 16)
            {
                FetchAhead(source, sourceStride, 16 * strips);
                for (int strip = 0; strip < strips; strip++)
                {
                    Vector256.Load(source + 16 * strip).Store(target + strip * step);
                    Vector256.Load(source + 16 * strip + 8).Store(target + strip * step + 8);
                }
            }

            return;
        }

        // Each store ends in its strip's next row, which is stored after it; so the last row is copied exactly.
        if (Vector512.IsHardwareAccelerated && mayReadOver && count is > 8 and <= 16)
        {
            for (; k > 1; k--, source += sourceStride, target += count)
            {
                FetchAhead(source, sourceStride, count * strips);
                for (int strip = 0; strip < strips; strip++) Vector512.Load(source + strip * count).Store(target + strip * step);
            }
        }
        else if (Vector256.IsHardwareAccelerated && mayReadOver && count is > 4 and <= 8)
        {
            for (; k > 1; k--, source += sourceStride, target += count)
            {
                FetchAhead(source, sourceStride, count * strips);
                for (int strip = 0; strip < strips; strip++) Vector256.Load(source + strip * count).Store(target + strip * step);
            }
        }

        for (int strip = 0; strip < strips; strip++) Copy(count, count, k, source + strip * count, sourceStride, target + strip * step, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FetchAhead(float* source, nint stride, int floats)
    {
        const int Rows = 8, Line = 16;
        if (!Sse.IsSupported) return;

        for (int i = 0; i < floats; i += Line) Sse.Prefetch0(source + Rows * stride + i);
    }

    /// <summary>target[k, i] = source[i, k] for i below <paramref name="count"/>, and 0 up to <paramref name="padded"/>.</summary>
    /// <remarks>Where <c>mayOverrun</c>, up to 15 floats after the target may be written: they are free, or packed later.</remarks>
    internal static void Transpose(int count, int padded, int k, float* source, nint sourceStride, float* target, nint targetStride, bool mayOverrun)
    {
        for (int first = 0; first < padded;)
        {
            int lanes = Lanes(targetStride - first, mayOverrun ? count : int.MaxValue), size = Math.Clamp(count - first, 0, lanes);
            float* from = source + first * sourceStride, to = target + first;
            int done = 0;
            if (lanes == 16)
            {
                for (; done <= k - 16; done += 16) Block16(size, from + done, sourceStride, to + done * targetStride, targetStride);
            }
            else if (lanes == 8)
            {
                for (; done <= k - 8; done += 8) Block8(size, from + done, sourceStride, to + done * targetStride, targetStride);
            }

            int end = Math.Min(lanes, padded - first);
            for (; done < k; done++)
            {
                int i = 0;
                for (; i < size; i++) to[done * targetStride + i] = from[i * sourceStride + done];
                for (; i < end; i++) to[done * targetStride + i] = 0;
            }

            first += lanes;
        }
    }

    // A block may be wider than the target's rows only where it holds all of the strip: its stores then end in rows that are stored later.
    private static int Lanes(nint room, int overrunning)
    {
        if (Avx512F.IsSupported && (room >= 16 || overrunning <= 16)) return 16;
        if (Avx.IsSupported && (room >= 8 || overrunning <= 8)) return 8;
        return 4;
    }

    // 16 x 16 by registers: 4 x 4 blocks inside the 128-bit quarters of four rows at a time, then the quarters of the four results. Rows from
    // count on are 0. Where the target's rows are shorter than 16, each store ends in the next row, which is stored after it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block16(int count, float* source, nint sourceStride, float* target, nint targetStride)
    {
        Quarters(
            Row16(source, sourceStride, 0, count), Row16(source, sourceStride, 1, count),
            Row16(source, sourceStride, 2, count), Row16(source, sourceStride, 3, count),
            out var a0, out var a1, out var a2, out var a3);
        Quarters(
            Row16(source, sourceStride, 4, count), Row16(source, sourceStride, 5, count),
            Row16(source, sourceStride, 6, count), Row16(source, sourceStride, 7, count),
            out var b0, out var b1, out var b2, out var b3);
        Quarters(
            Row16(source, sourceStride, 8, count), Row16(source, sourceStride, 9, count),
            Row16(source, sourceStride, 10, count), Row16(source, sourceStride, 11, count),
            out var c0, out var c1, out var c2, out var c3);
        Quarters(
            Row16(source, sourceStride, 12, count), Row16(source, sourceStride, 13, count),
            Row16(source, sourceStride, 14, count), Row16(source, sourceStride, 15, count),
            out var d0, out var d1, out var d2, out var d3);
        Join(a0, b0, c0, d0, out var k0, out var k4, out var k8, out var k12);
        Join(a1, b1, c1, d1, out var k1, out var k5, out var k9, out var k13);
        Join(a2, b2, c2, d2, out var k2, out var k6, out var k10, out var k14);
        Join(a3, b3, c3, d3, out var k3, out var k7, out var k11, out var k15);

        k0.Store(target);
        k1.Store(target += targetStride);
        k2.Store(target += targetStride);
        k3.Store(target += targetStride);
        k4.Store(target += targetStride);
        k5.Store(target += targetStride);
        k6.Store(target += targetStride);
        k7.Store(target += targetStride);
        k8.Store(target += targetStride);
        k9.Store(target += targetStride);
        k10.Store(target += targetStride);
        k11.Store(target += targetStride);
        k12.Store(target += targetStride);
        k13.Store(target += targetStride);
        k14.Store(target += targetStride);
        k15.Store(target + targetStride);
    }

    /// <summary>16 rows of 16 values, turned: kᵢ holds value i of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Turn(float* source, nint stride,
        out Vector512<float> k0, out Vector512<float> k1, out Vector512<float> k2, out Vector512<float> k3,
        out Vector512<float> k4, out Vector512<float> k5, out Vector512<float> k6, out Vector512<float> k7,
        out Vector512<float> k8, out Vector512<float> k9, out Vector512<float> k10, out Vector512<float> k11,
        out Vector512<float> k12, out Vector512<float> k13, out Vector512<float> k14, out Vector512<float> k15)
    {
        nint two = 2 * stride, three = 3 * stride;
        Quarters(Vector512.Load(source), Vector512.Load(source + stride), Vector512.Load(source + two), Vector512.Load(source + three),
            out var a0, out var a1, out var a2, out var a3);
        source += 4 * stride;
        Quarters(Vector512.Load(source), Vector512.Load(source + stride), Vector512.Load(source + two), Vector512.Load(source + three),
            out var b0, out var b1, out var b2, out var b3);
        source += 4 * stride;
        Quarters(Vector512.Load(source), Vector512.Load(source + stride), Vector512.Load(source + two), Vector512.Load(source + three),
            out var c0, out var c1, out var c2, out var c3);
        source += 4 * stride;
        Quarters(Vector512.Load(source), Vector512.Load(source + stride), Vector512.Load(source + two), Vector512.Load(source + three),
            out var d0, out var d1, out var d2, out var d3);
        Join(a0, b0, c0, d0, out k0, out k4, out k8, out k12);
        Join(a1, b1, c1, d1, out k1, out k5, out k9, out k13);
        Join(a2, b2, c2, d2, out k2, out k6, out k10, out k14);
        Join(a3, b3, c3, d3, out k3, out k7, out k11, out k15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Row16(float* source, nint stride, int row, int count) =>
        row < count ? Vector512.Load(source + row * stride) : Vector512<float>.Zero;

    // Quarter q of result i is column 4q + i of the four rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        Vector512<float> row0, Vector512<float> row1, Vector512<float> row2, Vector512<float> row3,
        out Vector512<float> r0, out Vector512<float> r1, out Vector512<float> r2, out Vector512<float> r3)
    {
        Vector512<double> low01 = Avx512F.UnpackLow(row0, row1).AsDouble(), high01 = Avx512F.UnpackHigh(row0, row1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(row2, row3).AsDouble(), high23 = Avx512F.UnpackHigh(row2, row3).AsDouble();
        r0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        r1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        r2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        r3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    // Result q is quarter q of a, b, c and d.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d,
        out Vector512<float> q0, out Vector512<float> q1, out Vector512<float> q2, out Vector512<float> q3)
    {
        Vector512<float> ab01 = Avx512F.Shuffle4x128(a, b, 0b01_00_01_00), ab23 = Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        Vector512<float> cd01 = Avx512F.Shuffle4x128(c, d, 0b01_00_01_00), cd23 = Avx512F.Shuffle4x128(c, d, 0b11_10_11_10);
        q0 = Avx512F.Shuffle4x128(ab01, cd01, 0b10_00_10_00);
        q1 = Avx512F.Shuffle4x128(ab01, cd01, 0b11_01_11_01);
        q2 = Avx512F.Shuffle4x128(ab23, cd23, 0b10_00_10_00);
        q3 = Avx512F.Shuffle4x128(ab23, cd23, 0b11_01_11_01);
    }

    // The same for 8 x 8: 4 x 4 blocks inside the 128-bit halves, then the halves.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block8(int count, float* source, nint sourceStride, float* target, nint targetStride)
    {
        Halves(
            Row8(source, sourceStride, 0, count), Row8(source, sourceStride, 1, count),
            Row8(source, sourceStride, 2, count), Row8(source, sourceStride, 3, count),
            out var a0, out var a1, out var a2, out var a3);
        Halves(
            Row8(source, sourceStride, 4, count), Row8(source, sourceStride, 5, count),
            Row8(source, sourceStride, 6, count), Row8(source, sourceStride, 7, count),
            out var b0, out var b1, out var b2, out var b3);

        Avx.Permute2x128(a0, b0, 0x20).Store(target);
        Avx.Permute2x128(a1, b1, 0x20).Store(target += targetStride);
        Avx.Permute2x128(a2, b2, 0x20).Store(target += targetStride);
        Avx.Permute2x128(a3, b3, 0x20).Store(target += targetStride);
        Avx.Permute2x128(a0, b0, 0x31).Store(target += targetStride);
        Avx.Permute2x128(a1, b1, 0x31).Store(target += targetStride);
        Avx.Permute2x128(a2, b2, 0x31).Store(target += targetStride);
        Avx.Permute2x128(a3, b3, 0x31).Store(target + targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Row8(float* source, nint stride, int row, int count) =>
        row < count ? Vector256.Load(source + row * stride) : Vector256<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(
        Vector256<float> row0, Vector256<float> row1, Vector256<float> row2, Vector256<float> row3,
        out Vector256<float> r0, out Vector256<float> r1, out Vector256<float> r2, out Vector256<float> r3)
    {
        Vector256<double> low01 = Avx.UnpackLow(row0, row1).AsDouble(), high01 = Avx.UnpackHigh(row0, row1).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(row2, row3).AsDouble(), high23 = Avx.UnpackHigh(row2, row3).AsDouble();
        r0 = Avx.UnpackLow(low01, low23).AsSingle();
        r1 = Avx.UnpackHigh(low01, low23).AsSingle();
        r2 = Avx.UnpackLow(high01, high23).AsSingle();
        r3 = Avx.UnpackHigh(high01, high23).AsSingle();
    }
}
