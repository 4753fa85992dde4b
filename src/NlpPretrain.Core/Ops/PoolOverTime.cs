using System.Numerics.Tensors;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean of each sequence's vectors, of those within its length.</summary>
    /// <remarks>y[b] = 1 / length · Σ x[b, t] over t below the length of sequence b.</remarks>
    /// <param name="lengths">[B], each 1 to T.</param>
    /// <returns>[B, C], from this tensor's [B, T, C].</returns>
    /// <exception cref="ArgumentException">This tensor is not [B, T, C], or there are not B lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1 or above T.</exception>
    public Tensor MeanOverTime(ReadOnlySpan<int> lengths) => PoolOverTime<MeanOverTimeOp>(lengths);

    /// <summary>The largest value of each column of each sequence, of those within its length.</summary>
    /// <remarks>y[b, c] = max x[b, t, c] over t below the length of sequence b. The first of equal values gets the gradient; NaN is larger than all.</remarks>
    /// <param name="lengths">[B], each 1 to T.</param>
    /// <returns>[B, C], from this tensor's [B, T, C].</returns>
    /// <exception cref="ArgumentException">This tensor is not [B, T, C], or there are not B lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1 or above T.</exception>
    public Tensor MaxOverTime(ReadOnlySpan<int> lengths) => PoolOverTime<MaxOverTimeOp>(lengths);

    /// <summary>The first vector of each sequence.</summary>
    /// <returns>[B, C], from this tensor's [B, T, C].</returns>
    /// <exception cref="ArgumentException">This tensor is not [B, T, C].</exception>
    public Tensor FirstOverTime()
    {
        if (Shape.Rank != 3) throw new ArgumentException($"A batch of sequences has the shape [B, T, C]; this tensor is {Shape}. Reshape it first.");
        return Slice(1, 0, 1).Reshape(new(Shape[0], Shape[2]));
    }

    /// <summary>The last vector of each sequence within its length.</summary>
    /// <param name="lengths">[B], each 1 to T.</param>
    /// <returns>[B, C], from this tensor's [B, T, C].</returns>
    /// <exception cref="ArgumentException">This tensor is not [B, T, C], or there are not B lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1 or above T.</exception>
    public Tensor LastOverTime(ReadOnlySpan<int> lengths)
    {
        RowIndices.CheckLengths(lengths, Shape, least: 1);
        GatherRowsOp op = Op.Take<GatherRowsOp>(this);
        Span<int> rows = op.AllocateRows(lengths.Length);
        for (int i = 0; i < rows.Length; i++) rows[i] = i * Shape[1] + lengths[i] - 1;
        return op.Run(new(Shape[0], Shape[2]), this);
    }

    private Tensor PoolOverTime<TOp>(ReadOnlySpan<int> lengths) where TOp : PoolOverTimeOp, new()
    {
        RowIndices.CheckLengths(lengths, Shape, least: 1);
        TOp op = Op.Take<TOp>(this);
        op.SetLengths(lengths);
        return op.Run(new Shape(Shape[0], Shape[2]), this);
    }
}

/// <summary>A sequence is one piece.</summary>
internal abstract unsafe class PoolOverTimeOp : Op
{
    protected int* Lengths { get; private set; }

    internal void SetLengths(ReadOnlySpan<int> lengths)
    {
        Lengths = AllocateIntegers(lengths.Length);
        lengths.CopyTo(new Span<int>(Lengths, lengths.Length));
    }
}

internal sealed unsafe class MeanOverTimeOp : PoolOverTimeOp
{
    protected override void Forward()
    {
        MeanForward work = new() { Lengths = Lengths, Time = X.Shape[1], Columns = X.Columns, X = X.Data, Output = Output.Data };
        Workers.For(X.Shape[0], X.Size, ref work);
    }

    // ∂L/∂x[b, t] = ∂L/∂y[b] / length within the length, else 0
    protected override void Backward()
    {
        MeanBackward work = new() { Lengths = Lengths, Time = X.Shape[1], Columns = X.Columns, OutputGradient = Output.Gradient, Gradient = X.Gradient };
        Workers.For(X.Shape[0], X.Size, ref work);
    }

    private struct MeanForward : IPieces
    {
        internal int* Lengths;
        internal int Time, Columns;
        internal float* X, Output;

        public readonly void Run(int piece)
        {
            Span<float> sum = new(Output + (long)piece * Columns, Columns);
            sum.Clear();
            for (int t = 0; t < Lengths[piece]; t++) TensorPrimitives.Add(sum, new ReadOnlySpan<float>(X + ((long)piece * Time + t) * Columns, Columns), sum);
            TensorPrimitives.Multiply(sum, 1f / Lengths[piece], sum);
        }
    }

    private struct MeanBackward : IPieces
    {
        internal int* Lengths;
        internal int Time, Columns;
        internal float* OutputGradient, Gradient;

        public readonly void Run(int piece)
        {
            ReadOnlySpan<float> step = new(OutputGradient + (long)piece * Columns, Columns);
            for (int t = 0; t < Lengths[piece]; t++)
            {
                Span<float> target = new(Gradient + ((long)piece * Time + t) * Columns, Columns);
                TensorPrimitives.FusedMultiplyAdd(step, 1f / Lengths[piece], target, target);
            }
        }
    }
}

internal sealed unsafe class MaxOverTimeOp : PoolOverTimeOp
{
    private int* _places;

    protected override void Forward()
    {
        _places = AllocateIntegers(Output.Size);                                                 // [B, C]
        MaxForward work = new() { Lengths = Lengths, Time = X.Shape[1], Columns = X.Columns, X = X.Data, Output = Output.Data, Places = _places };
        Workers.For(X.Shape[0], X.Size, ref work);
    }

    protected override void Backward()
    {
        float* gradient = X.Gradient;
        int columns = X.Columns;
        for (int i = 0; i < Output.Size; i++)
        {
            long row = (long)(i / columns) * X.Shape[1] + _places[i];
            gradient[row * columns + i % columns] += Output.Gradient[i];
        }
    }

    private struct MaxForward : ISimdPieces
    {
        internal int* Lengths, Places;
        internal int Time, Columns;
        internal float* X, Output;

        public readonly void Run(int piece) => Simd.Run(this, piece);

        public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
        {
            long at = (long)piece * Columns;
            ColumnMaximum.Run<TSimd>(X + at * Time, Lengths[piece], Columns, Output + at, Places + at);
        }
    }
}
