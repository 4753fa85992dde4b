using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>Copies the rows that the ids name, by chunks of ids.</summary>
internal unsafe struct EmbeddingForward : IPieces
{
    internal const int IdsPerPiece = 64;

    internal int Count, Columns;
    internal int* Ids;
    internal float* Weights, Y;

    public readonly void Run(int piece)
    {
        int end = Math.Min(Count, (piece + 1) * IdsPerPiece);
        for (int i = piece * IdsPerPiece; i < end; i++)
            new ReadOnlySpan<float>(Weights + (long)Ids[i] * Columns, Columns).CopyTo(new(Y + (long)i * Columns, Columns));
    }
}

/// <summary>Adds each position's gradient to the row of its id, in the order of the positions: a piece owns every 16th row, so frequent ids are spread.</summary>
internal unsafe struct EmbeddingBackward : IPieces
{
    internal const int Pieces = 16;

    internal int Count, Columns;
    internal int* Ids;
    internal float* OutputGradient, Gradient;

    public readonly void Run(int piece)
    {
        for (int i = 0; i < Count; i++)
        {
            if (Ids[i] % Pieces != piece) continue;
            Span<float> row = new(Gradient + (long)Ids[i] * Columns, Columns);
            TensorPrimitives.Add(row, new ReadOnlySpan<float>(OutputGradient + (long)i * Columns, Columns), row);
        }
    }
}
