using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NlpPretrain.Serialization;

/// <summary>The element types of the safetensors format: their sizes, and the three that hold a model's weights as numbers.</summary>
internal static class ElementTypes
{
    internal const string All = "a type of the format (F32, F16, BF16, I64, ...)";
    internal const string Readable = "F32, F16 or BF16";

    /// <summary>Bits of one element, or 0 for an unknown type.</summary>
    internal static int Bits(string type) => type switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "I16" or "U16" or "F16" or "BF16" => 16,
        "I32" or "U32" or "F32" => 32,
        "I64" or "U64" or "F64" or "C64" => 64,
        _ => 0,
    };

    internal static bool IsReadable(string type) => type is "F32" or "F16" or "BF16";

    /// <summary>Widens little-endian halves; every one is a float exactly.</summary>
    internal static void Widen(string type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        bool isHalf = type == "F16";
        for (int i = 0; i < destination.Length; i++)
        {
            ushort bits = BinaryPrimitives.ReadUInt16LittleEndian(source[(i * sizeof(ushort))..]);
            destination[i] = isHalf ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);
        }
    }

    /// <summary>Turns floats that were read as little-endian bytes into this machine's order.</summary>
    internal static void FromLittleEndian(Span<float> values)
    {
        if (BitConverter.IsLittleEndian) return;

        Span<int> words = MemoryMarshal.Cast<float, int>(values);
        BinaryPrimitives.ReverseEndianness(words, words);
    }
}
