using System.Buffers;

namespace NlpPretrain.Text;

/// <summary>Arrays that grow with the text. A long one is rented from the shared pool, which lets go of what nobody has used for a while.</summary>
internal static class WorkArray
{
    /// <summary>What stays with its owner from text to text, in elements.</summary>
    internal const int MostKept = 1 << 16;

    /// <summary>Makes an array at least twice as long, or as long as needed.</summary>
    /// <param name="array">The array; what it holds, up to its length, is kept.</param>
    /// <param name="needed">The least length.</param>
    internal static void Grow<T>(ref T[] array, int needed)
    {
        int length = (int)Math.Max(needed, Math.Min(2L * array.Length, Array.MaxLength));
        T[] longer = length > MostKept ? ArrayPool<T>.Shared.Rent(length) : new T[length];
        array.AsSpan().CopyTo(longer);
        Return(array);
        array = longer;
    }

    /// <summary>Gives a long array back, and leaves a short one.</summary>
    internal static void Shrink<T>(ref T[] array)
    {
        if (array.Length <= MostKept) return;

        Return(array);
        array = new T[256];
    }

    private static void Return<T>(T[] array)
    {
        if (array.Length > MostKept) ArrayPool<T>.Shared.Return(array);
    }
}
