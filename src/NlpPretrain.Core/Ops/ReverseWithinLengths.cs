using System.Numerics.Tensors;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Each sequence of a batch in reverse order, within its own length; what is behind it stays where it is.</summary>
    /// <remarks>y[b, t] = x[b, length − 1 − t] for t below the length of sequence b, else x[b, t]. Done twice, it gives x again.</remarks>
    /// <param name="lengths">[B], each 0 to T.</param>
    /// <returns>The shape of this tensor, [B, T, C].</returns>
    /// <exception cref="ArgumentException">This tensor is not [B, T, C], or there are not B lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 0 or above T.</exception>
    public Tensor ReverseWithinLengths(ReadOnlySpan<int> lengths)
    {
        RowIndices.CheckLengths(lengths, Shape, least: 0);
        ReverseWithinLengthsOp op = Op.Take<ReverseWithinLengthsOp>(this);
        op.SetLengths(lengths);
        return op.Run(Shape, this);
    }
}

internal sealed unsafe class ReverseWithinLengthsOp : Op
{
    private int* _lengths;

    internal void SetLengths(ReadOnlySpan<int> lengths)
    {
        _lengths = AllocateIntegers(lengths.Length);
        lengths.CopyTo(new Span<int>(_lengths, lengths.Length));
    }

    protected override void Forward() => Run(X.Data, Output.Data, accumulate: false);

    // The permutation is its own inverse.
    protected override void Backward()
    {
        float* gradient = X.GradientToWrite(out bool accumulate);
        Run(Output.Gradient, gradient, accumulate);
    }

    private void Run(float* source, float* target, bool accumulate)
    {
        RowReversal work = new() { Lengths = _lengths, Time = X.Shape[1], Rows = X.Rows, Columns = X.Columns, Source = source, Target = target, Accumulate = accumulate };
        Workers.For(Pieces.Count(X.Rows, Pieces.RowsOf(X.Columns)), ref work);
    }
}

/// <summary>Copies the rows of sequences, or adds them, in reverse order within each length.</summary>
internal unsafe struct RowReversal : IPieces
{
    internal int* Lengths;
    internal int Time, Rows, Columns;
    internal float* Source, Target;
    internal bool Accumulate;

    public readonly void Run(int piece)
    {
        int rows = Pieces.RowsOf(Columns), end = Math.Min(Rows, (piece + 1) * rows);
        for (int row = piece * rows; row < end; row++)
        {
            int sequence = row / Time, t = row % Time, length = Lengths[sequence];
            int from = t < length ? sequence * Time + length - 1 - t : row;
            ReadOnlySpan<float> source = new(Source + (long)from * Columns, Columns);
            Span<float> target = new(Target + (long)row * Columns, Columns);
            if (Accumulate) TensorPrimitives.Add(target, source, target);
            else source.CopyTo(target);
        }
    }
}
