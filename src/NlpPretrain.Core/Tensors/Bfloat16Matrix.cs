using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NlpPretrain.Tensors;

/// <summary>A weight matrix [N, K] kept as bfloat16, half the bytes of <see cref="float"/>, in the order in which <see cref="Kernels.Bfloat16Stream"/> reads it.</summary>
/// <remarks>
/// Groups of 64 rows, with zeros behind the last. A group is [pairs of k, 64 rows, 2]: so 32 bits hold two terms of a row, the one of even k in the lower
/// half, and a register of them is two registers of <see cref="float"/> by a shift and by a mask.
/// </remarks>
internal sealed unsafe class Bfloat16Matrix
{
    internal const int GroupRows = 64;

    private const int Alignment = 64;
    private readonly ushort[] _memory;

    /// <summary>Keeps a matrix whose values are bfloat16 already: see <see cref="Round"/>.</summary>
    internal Bfloat16Matrix(int rows, int columns, ReadOnlySpan<float> values)
    {
        (Rows, Columns) = (rows, columns);
        _memory = GC.AllocateArray<ushort>(checked(Groups * (int)GroupSize + Alignment), pinned: true);
        Address = (ushort*)((Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) + (Alignment - 1)) & ~(nint)(Alignment - 1));
        for (int row = 0; row < rows; row++)
        {
            ushort* target = Address + row / GroupRows * GroupSize + row % GroupRows * 2;
            ReadOnlySpan<float> source = values.Slice(row * columns, columns);
            for (int k = 0; k < columns; k++) target[k / 2 * GroupRows * 2 + k % 2] = (ushort)(BitConverter.SingleToUInt32Bits(source[k]) >> 16);
        }
    }

    /// <summary>N</summary>
    internal int Rows { get; }

    /// <summary>K</summary>
    internal int Columns { get; }

    internal ushort* Address { get; }

    internal int Groups => (Rows + GroupRows - 1) / GroupRows;

    /// <summary>Values of a group, with its padding.</summary>
    internal nint GroupSize => (nint)(Columns + 1) / 2 * 2 * GroupRows;

    /// <summary>The nearest bfloat16, the even one of two that are as near; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint rounded = float.IsNaN(value) ? bits | 0x0040_0000 : bits + 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(rounded & 0xFFFF_0000);
    }
}
