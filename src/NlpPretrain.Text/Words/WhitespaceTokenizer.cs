using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Text;

/// <summary>For text that is cut to words already: words are what stands between white space, and each passage is one sentence.</summary>
/// <param name="lowerCase">Whether to fold words to lower case, by the invariant culture. Default false.</param>
public sealed class WhitespaceTokenizer(bool lowerCase = false) : IWordTokenizer
{
    private const int BlockLength = 64;

    /// <summary>Whether words are folded to lower case, by the invariant culture.</summary>
    public bool LowerCase { get; } = lowerCase;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Tokenize(ReadOnlySpan<char> text, WordBuffer words)
    {
        ArgumentNullException.ThrowIfNull(words);

        int origin = words.AddText(text, LowerCase);
        int start = 0;              // of the word that is open; each block's edges, from its white space, say where words start and end
        ulong isSpaceBefore = 1;
        for (int block = 0; block < text.Length; block += BlockLength)
        {
            ulong isSpace = text.Length - block >= BlockLength
                ? SpacesIn(text.Slice(block, BlockLength))
                : SpacesOneByOne(text[block..]) | ulong.MaxValue << (text.Length - block);
            ulong edges = isSpace ^ (isSpace << 1 | isSpaceBefore);
            bool isInWord = isSpaceBefore == 0;
            isSpaceBefore = isSpace >> (BlockLength - 1);

            for (; edges != 0; edges &= edges - 1)
            {
                int edge = block + BitOperations.TrailingZeroCount(edges);
                if (isInWord) words.AddWord(origin + start, edge - start);
                else start = edge;
                isInWord = !isInWord;
            }
        }

        // The places after the end count as white space, so that only a text that fills its last block leaves a word open.
        if (isSpaceBefore == 0) words.AddWord(origin + start, text.Length - start);
        words.EndSentence();
    }

    /// <summary>One bit a character, for 64 characters.</summary>
    private static ulong SpacesIn(ReadOnlySpan<char> block)
    {
        ref ushort start = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(block));
        Vector128<ushort> all = Vector128<ushort>.Zero;
        ulong spaces = 0;
        for (int i = 0; i < BlockLength; i += 2 * Vector128<ushort>.Count)
        {
            Vector128<ushort> first = Vector128.LoadUnsafe(ref start, (nuint)i);
            Vector128<ushort> second = Vector128.LoadUnsafe(ref start, (nuint)(i + Vector128<ushort>.Count));
            all |= first | second;
            spaces |= (ulong)Vector128.Narrow(AsciiSpaces(first), AsciiSpaces(second)).ExtractMostSignificantBits() << i;
        }

        return Vector128.LessThanAll(all, Vector128.Create((ushort)0x80)) ? spaces : SpacesOneByOne(block);
    }

    private static Vector128<ushort> AsciiSpaces(Vector128<ushort> text) =>
        Vector128.Equals(text, Vector128.Create((ushort)' ')) | Vector128.LessThanOrEqual(text - Vector128.Create((ushort)'\t'), Vector128.Create((ushort)('\r' - '\t')));

    private static ulong SpacesOneByOne(ReadOnlySpan<char> block)
    {
        ulong spaces = 0;
        for (int i = 0; i < block.Length; i++)
        {
            if (char.IsWhiteSpace(block[i])) spaces |= 1UL << i;
        }

        return spaces;
    }
}
