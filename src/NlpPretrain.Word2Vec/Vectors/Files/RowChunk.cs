using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Consecutive rows of a file that is being read, with all that is known of each.</summary>
internal sealed class RowChunk(int firstRow, int rows, int dimensions)
{
    public int FirstRow { get; } = firstRow;

    public Matrix Vectors { get; } = new(rows, dimensions);

    public string[] Words { get; } = new string[rows];

    public int[] Hashes { get; } = new int[rows];

    public float[] Norms { get; } = new float[rows];
}
