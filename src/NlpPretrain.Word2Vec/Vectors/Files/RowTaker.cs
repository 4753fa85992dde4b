using System.Text;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Takes cut rows in, for one worker: decodes the word, reads and checks the values, and puts them in their place.</summary>
/// <remarks>
/// Rows are gathered in a small matrix that the cache holds and go to their place many at once: a large copy need not read what it
/// overwrites, which makes it several times as fast as row-sized ones.
/// </remarks>
internal sealed class RowTaker
{
    private const int GatheredBytes = 1 << 17;

    private readonly VectorFormat _format;
    private readonly string _name;
    private readonly UTF8Encoding _encoding;
    private readonly Matrix _gathered;
    private int _count;

    public RowTaker(VectorFormat format, string name, int dimensions, InvalidWords invalidWords)
    {
        (_format, _name) = (format, name);
        _encoding = new UTF8Encoding(false, throwOnInvalidBytes: invalidWords == InvalidWords.Refuse);
        _gathered = new Matrix(Math.Max(GatheredBytes / (sizeof(float) * dimensions), 1), dimensions);
    }

    /// <summary>Takes in the rows of a block, which are consecutive.</summary>
    public void Take(ReadOnlySpan<byte> block, long offset, List<CutRow> rows)
    {
        _count = 0;
        for (int k = 0; k < rows.Count; k++)
        {
            Take(block, offset, rows[k]);
            if (_count == _gathered.Rows || k == rows.Count - 1 || rows[k + 1].Chunk != rows[k].Chunk)
            {
                RowChunk chunk = rows[k].Chunk;
                int values = _count * _gathered.Stride;
                _gathered.Padded[..values].CopyTo(chunk.Vectors.Padded[((rows[k].Row + 1 - chunk.FirstRow) * _gathered.Stride - values)..]);
                _count = 0;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> block, long offset, CutRow cut)
    {
        RowPlace place = cut.Place;
        Span<char> characters = cut.Characters.AsSpan(WordArena.OffsetOf(cut.Start));
        int length = Decode(block.Slice(place.WordStart, place.WordLength), characters, cut.Row, offset + place.WordStart);
        ReadOnlySpan<char> word = characters[..length];
        float norm = _format.ReadValues(block.Slice(place.ValuesStart, place.ValuesLength), _gathered, _count, cut.Row, word, offset + place.ValuesStart);
        if (!float.IsFinite(norm))
        {
            throw new ModelFormatException(_name, $"{_format.Describe(cut.Row)} ('{word}')", "finite values",
                RowNorms.Describe(_gathered[_count]), offset + place.ValuesStart);
        }

        int index = cut.Row - cut.Chunk.FirstRow;
        (cut.Chunk.Words[index], cut.Chunk.Hashes[index], cut.Chunk.Norms[index]) = ((cut.Start, length), string.GetHashCode(word), norm);
        _count++;
    }

    private int Decode(ReadOnlySpan<byte> word, Span<char> target, int row, long offset)
    {
        try
        {
            return _encoding.GetChars(word, target);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new ModelFormatException(_name, $"{_format.Describe(row)}, word", "UTF-8 (VectorReadOptions.InvalidWords can replace what is not)",
                $"bytes {Convert.ToHexString(word[..Math.Min(word.Length, 32)])}", offset + Math.Max(invalid.Index, 0), invalid);
        }
    }
}
