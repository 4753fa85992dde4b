using System.Text;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>A row is a line: a word and the values in decimal, with spaces between and possibly at the end.</summary>
internal sealed class TextVectorFormat(string name, VectorHeader header, VectorReadOptions options) : VectorFormat(name, header, options)
{
    /// <summary>Several times the digits that tell two numbers apart.</summary>
    private const int MostBytesOfValue = 64;

    public override int MostRowBytes => Options.MaximumWordBytes + Header.Dimensions * MostBytesOfValue + 2;

    public override long LeastBytes(int rows) => rows * (2L + 2L * Header.Dimensions) - 1;

    public override bool TryCut(ReadOnlySpan<byte> block, ref int position, bool isEnd, int row, long offset, out RowPlace place)
    {
        place = default;
        ReadOnlySpan<byte> rest = block[position..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0 && !isEnd)
        {
            return rest.Length <= MostRowBytes ? false
                : throw Error(row, "", $"a line of at most {MostRowBytes} bytes", "a longer one", offset + position);
        }

        if (end < 0 && rest.IsEmpty)
        {
            throw CutShort(row, offset + position);
        }

        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        int length = line.TrimEnd(" \r"u8).Length;
        int space = line[..length].IndexOf((byte)' ');
        int word = space < 0 ? length : space;
        CheckWord(line[..word], row, offset + position);
        place = new RowPlace(position, word, position + word, length - word);
        position = end < 0 ? block.Length : position + end + 1;
        return true;
    }

    public override float ReadValues(ReadOnlySpan<byte> values, Matrix target, int targetRow, int row, ReadOnlySpan<char> word, long offset)
    {
        ParseValues(values, target[targetRow], row, word, offset);
        target.ClearPadding(targetRow);
        return RowNorms.Compute(target, targetRow);
    }

    public override bool MayFollow(ReadOnlySpan<byte> rest) => rest.Trim(" \r\n"u8).IsEmpty;

    public override string Describe(int row) => $"line {row + 2L}";

    private void ParseValues(ReadOnlySpan<byte> values, Span<float> target, int row, ReadOnlySpan<char> word, long offset)
    {
        int position = 0;
        for (int k = 0; k < target.Length; k++)
        {
            position = SkipSpaces(values, position);
            if (position == values.Length)
            {
                throw Error(row, $" ('{word}')", $"{target.Length} values as the header says", $"{k}", offset + position);
            }

            int length = values[position..].IndexOf((byte)' ');
            ReadOnlySpan<byte> text = length < 0 ? values[position..] : values.Slice(position, length);
            if (!DecimalFloat.TryParse(text, out target[k]))
            {
                throw Error(row, $" ('{word}'), dimension {k}", "a number", $"\"{Encoding.UTF8.GetString(text[..Math.Min(text.Length, MostBytesOfValue)])}\"", offset + position);
            }

            position += text.Length;
        }

        position = SkipSpaces(values, position);
        if (position < values.Length)
        {
            throw Error(row, $" ('{word}')", $"{target.Length} values as the header says", "more", offset + position);
        }
    }

    private static int SkipSpaces(ReadOnlySpan<byte> values, int position)
    {
        while (position < values.Length && values[position] == ' ')
        {
            position++;
        }

        return position;
    }
}
