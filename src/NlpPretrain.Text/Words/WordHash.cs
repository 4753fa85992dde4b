using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NlpPretrain.Text;

/// <summary>A hash of characters that reads four of them a step, by 64 × 64 → 128-bit products folded to 64 bits.</summary>
/// <remarks>Both factors are added back to the product, so that no factor of zero can hide the other from the hash.</remarks>
internal static class WordHash
{
    // Odd numbers with about as many ones as zeros: the first digits of the golden ratio, of the roots of 3 and of 5, and of e.
    private const ulong Seed = 0x9E3779B97F4A7C15, First = 0xBB67AE8584CAA73B, Second = 0x3C6EF372FE94F82B, Last = 0xADF85458A2BB4A9B;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Of(ReadOnlySpan<char> word)
    {
        ref char start = ref MemoryMarshal.GetReference(word);
        int length = word.Length;
        ulong head, tail;
        if (length >= 4)
        {
            head = Read(ref start, 0);
            tail = Read(ref start, length - 4);
            if (length > 8) head = FoldMiddle(ref start, length, head);
        }
        else if (length > 0)
        {
            head = ReadShort(ref start, length);
            tail = 0;
        }
        else
        {
            head = tail = 0;
        }

        ulong hash = Mix(head ^ First, tail ^ Second + (ulong)length);
        return (uint)(hash >> 32 ^ hash);
    }

    /// <summary>Whether two words of the same length, not empty, are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreEqual(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int length = left.Length;
        if (length > 8) return left.SequenceEqual(right);

        ref char first = ref MemoryMarshal.GetReference(left);
        ref char second = ref MemoryMarshal.GetReference(right);
        if (length < 4) return ReadShort(ref first, length) == ReadShort(ref second, length);
        return ((Read(ref first, 0) ^ Read(ref second, 0)) | (Read(ref first, length - 4) ^ Read(ref second, length - 4))) == 0;
    }

    /// <summary>One, two or three characters: the first, the middle and the last name them all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadShort(ref char start, int length) =>
        start | (ulong)Unsafe.Add(ref start, length >> 1) << 16 | (ulong)Unsafe.Add(ref start, length - 1) << 32;

    private static ulong FoldMiddle(ref char start, int length, ulong hash)
    {
        hash ^= Seed;
        for (int i = 4; i < length - 4; i += 4) hash = Mix(hash, Read(ref start, i) ^ Last);
        return hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low ^ a ^ ulong.RotateLeft(b, 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read(ref char start, int index) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<char, byte>(ref Unsafe.Add(ref start, index)));
}
