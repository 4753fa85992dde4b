using System.Runtime.Intrinsics.X86;
using System.Text;
using NlpPretrain.Serialization;

namespace NlpPretrain.Word2Vec;

/// <summary>Takes cut rows in, for one worker: decodes the word, reads and checks the values, and puts them in their place.</summary>
internal sealed class RowTaker(VectorFormat format, string name, InvalidWords invalidWords)
{
    private readonly UTF8Encoding _encoding = new(false, throwOnInvalidBytes: invalidWords == InvalidWords.Refuse);

    /// <summary>Takes in the rows of a block.</summary>
    public void Take(ReadOnlySpan<byte> block, long offset, List<CutRow> rows)
    {
        foreach (CutRow row in rows)
        {
            Take(block, offset, row);
        }

        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
    }

    private void Take(ReadOnlySpan<byte> block, long offset, CutRow cut)
    {
        RowPlace place = cut.Place;
        Span<char> characters = cut.Characters.AsSpan(WordArena.OffsetOf(cut.Start));
        int length = Decode(block.Slice(place.WordStart, place.WordLength), characters, cut.Row, offset + place.WordStart);
        ReadOnlySpan<char> word = characters[..length];
        int index = cut.Row - cut.Chunk.FirstRow;
        float norm = format.ReadValues(block.Slice(place.ValuesStart, place.ValuesLength), cut.Chunk.Vectors, index, cut.Row, word, offset + place.ValuesStart);
        if (!float.IsFinite(norm))
        {
            throw new ModelFormatException(name, $"{format.Describe(cut.Row)} ('{word}')", "finite values",
                RowNorms.Describe(cut.Chunk.Vectors[index]), offset + place.ValuesStart);
        }

        (cut.Chunk.Words[index], cut.Chunk.Hashes[index], cut.Chunk.Norms[index]) = ((cut.Start, length), string.GetHashCode(word), norm);
    }

    private int Decode(ReadOnlySpan<byte> word, Span<char> target, int row, long offset)
    {
        try
        {
            return _encoding.GetChars(word, target);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new ModelFormatException(name, $"{format.Describe(row)}, word", "UTF-8 (VectorReadOptions.InvalidWords can replace what is not)",
                $"bytes {Convert.ToHexString(word[..Math.Min(word.Length, 32)])}", offset + Math.Max(invalid.Index, 0), invalid);
        }
    }
}
