using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>One of the two file formats: how to cut its bytes into rows, and how to read the values of a row.</summary>
internal abstract class VectorFormat(string name, VectorHeader header, VectorReadOptions options)
{
    protected string Name { get; } = name;

    protected VectorHeader Header { get; } = header;

    protected VectorReadOptions Options { get; } = options;

    /// <summary>The fewest bytes that so many rows can have.</summary>
    public abstract long LeastBytes(int rows);

    /// <summary>The most bytes that one row can have.</summary>
    public abstract int MostRowBytes { get; }

    /// <summary>Finds the next row of a block.</summary>
    /// <param name="block">The bytes.</param>
    /// <param name="position">Where the row starts; moved behind it where the row is whole.</param>
    /// <param name="isEnd">Whether no bytes follow the block.</param>
    /// <param name="row">The row's index.</param>
    /// <param name="offset">The file offset of the block.</param>
    /// <param name="place">The parts of the row.</param>
    /// <returns>Whether the row is whole; if not, more bytes are needed.</returns>
    public abstract bool TryCut(ReadOnlySpan<byte> block, ref int position, bool isEnd, int row, long offset, out RowPlace place);

    /// <summary>Reads the values of a row.</summary>
    /// <param name="values">The row's bytes after its word.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="targetRow">The row of it.</param>
    /// <param name="row">The row's index in the file.</param>
    /// <param name="word">The row's word.</param>
    /// <param name="offset">The file offset of the values.</param>
    /// <returns>The row's Euclidean length, infinite or NaN where a value is not allowed.</returns>
    public abstract float ReadValues(ReadOnlySpan<byte> values, Matrix target, int targetRow, int row, ReadOnlySpan<char> word, long offset);

    /// <summary>Whether bytes that follow the last row may be there.</summary>
    public abstract bool MayFollow(ReadOnlySpan<byte> rest);

    /// <summary>The name of a row in messages.</summary>
    public abstract string Describe(int row);

    protected ModelFormatException Error(int row, string part, string expected, string found, long offset) =>
        new(Name, $"{Describe(row)}{part}", expected, found, offset);

    protected ModelFormatException CutShort(int row, long offset) =>
        Error(row, "", $"{Header.Count} vectors of {Header.Dimensions} dimensions as the header says", $"the end after {row} whole ones", offset);

    protected void CheckWord(ReadOnlySpan<byte> word, int row, long offset)
    {
        if (word.IsEmpty)
        {
            throw Error(row, ", word", "at least one byte", "an empty word", offset);
        }

        if (word.Length > Options.MaximumWordBytes)
        {
            throw TooLong(row, offset);
        }
    }

    protected ModelFormatException TooLong(int row, long offset) =>
        Error(row, ", word", $"at most {Options.MaximumWordBytes} bytes before a space (VectorReadOptions.MaximumWordBytes)", "more", offset);
}
