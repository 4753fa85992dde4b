using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Where a reader puts rows: one chunk where the file's length has vouched for the count, else chunks that come as the data do.</summary>
internal sealed class RowStore
{
    private const int ValuesOfChunk = 1 << 20;

    private readonly List<RowChunk> _chunks = [];
    private readonly int _count, _dimensions, _rowsOfChunk;

    public RowStore(int count, int dimensions, bool isVouchedFor)
    {
        (_count, _dimensions) = (count, dimensions);
        _rowsOfChunk = isVouchedFor ? Math.Max(count, 1) : Math.Max(ValuesOfChunk / dimensions, 1);
    }

    /// <summary>The chunk of a row whose bytes are there. One caller at a time, with rows in order.</summary>
    public RowChunk ChunkOf(int row)
    {
        int chunk = row / _rowsOfChunk;
        if (chunk == _chunks.Count)
        {
            int first = chunk * _rowsOfChunk;
            _chunks.Add(new RowChunk(first, Math.Min(_rowsOfChunk, _count - first), _dimensions));
        }

        return _chunks[chunk];
    }

    /// <summary>All rows as one chunk; called once, when every row has been read.</summary>
    public RowChunk ToWhole() => _chunks.Count == 1 ? _chunks[0] : Gather(null);

    /// <summary>The rows that are marked, as one chunk.</summary>
    public RowChunk Gather(ReadOnlySpan<bool> kept)
    {
        int rows = kept.IsEmpty ? _count : kept.Count(true);
        var whole = new RowChunk(0, rows, _dimensions);
        int target = 0;
        foreach (RowChunk chunk in _chunks)
        {
            for (int row = 0; row < chunk.Norms.Length; row++)
            {
                if (kept.IsEmpty || kept[chunk.FirstRow + row])
                {
                    PaddedRow(chunk.Vectors, row).CopyTo(PaddedRow(whole.Vectors, target));
                    (whole.Words[target], whole.Hashes[target], whole.Norms[target]) = (chunk.Words[row], chunk.Hashes[row], chunk.Norms[row]);
                    target++;
                }
            }
        }

        return whole;
    }

    private static Span<float> PaddedRow(Matrix matrix, int row) => matrix.Padded.Slice(row * matrix.Stride, matrix.Stride);
}
