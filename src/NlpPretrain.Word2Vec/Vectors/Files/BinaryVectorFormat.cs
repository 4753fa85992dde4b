using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>A row is a word, a space, the values as little-endian <see cref="float"/>, and a line end that some writers leave out.</summary>
internal sealed class BinaryVectorFormat(string name, VectorHeader header, VectorReadOptions options) : VectorFormat(name, header, options)
{
    private int ValueBytes => Header.Dimensions * sizeof(float);

    public override int MostRowBytes => 1 + Options.MaximumWordBytes + 1 + ValueBytes;

    public override long LeastBytes(int rows) => (long)rows * (2 + ValueBytes);

    public override bool TryCut(ReadOnlySpan<byte> block, ref int position, bool isEnd, int row, long offset, out RowPlace place)
    {
        int start = position;
        if (row > 0 && start < block.Length && block[start] == '\n')
        {
            start++;
        }

        ReadOnlySpan<byte> rest = block[start..];
        int space = rest[..Math.Min(rest.Length, Options.MaximumWordBytes + 1)].IndexOf((byte)' ');
        if (space < 0 && rest.Length > Options.MaximumWordBytes)
        {
            throw TooLong(row, offset + start);
        }

        if (space < 0 || rest.Length - (space + 1) < ValueBytes)
        {
            place = default;
            return isEnd ? throw CutShort(row, offset + block.Length) : false;
        }

        CheckWord(rest[..space], row, offset + start);
        if (rest[..space].Contains((byte)'\n'))
        {
            throw Error(row, ", word", "no line end in it", "one", offset + start);
        }

        place = new RowPlace(start, space, start + space + 1, ValueBytes);
        position = start + space + 1 + ValueBytes;
        return true;
    }

    public override float ReadValues(ReadOnlySpan<byte> values, Matrix target, int targetRow, int row, ReadOnlySpan<char> word, long offset)
    {
        if (BitConverter.IsLittleEndian)
        {
            return RowNorms.CopyAndCompute(values, target, targetRow);
        }

        Span<int> bits = MemoryMarshal.Cast<float, int>(target[targetRow]);
        values.CopyTo(MemoryMarshal.AsBytes(bits));
        BinaryPrimitives.ReverseEndianness(bits, bits);
        target.ClearPadding(targetRow);
        return RowNorms.Compute(target, targetRow);
    }

    public override bool MayFollow(ReadOnlySpan<byte> rest) => rest.IsEmpty || rest is [(byte)'\n'];

    public override string Describe(int row) => $"vector {row}";
}
