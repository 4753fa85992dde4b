using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Consecutive rows of a file that is being read, with all that is known of each.</summary>
internal sealed class RowChunk(int firstRow, int rows, int dimensions)
{
    public int FirstRow { get; } = firstRow;

    /// <summary>The vectors; who writes a row writes its padding too.</summary>
    public Matrix Vectors { get; } = Matrix.CreateUninitialized(rows, dimensions);

    /// <summary>Where each word is in the arena.</summary>
    public (int Start, int Length)[] Words { get; } = new (int, int)[rows];

    public int[] Hashes { get; } = new int[rows];

    public float[] Norms { get; } = new float[rows];
}
