using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The rows of this table that ids name: one vector a token.</summary>
    /// <remarks>
    /// yᵢ = W[idᵢ]; the gradient of W adds up at the rows in use, in the order of the positions, and a parameter remembers which
    /// (<see cref="Parameter.TouchedRows"/>).
    /// </remarks>
    /// <param name="pass">The pass that computes; a table that is a <see cref="Parameter"/> belongs to none.</param>
    /// <param name="ids">N row numbers of this table [V, D].</param>
    /// <param name="shape">The shape of the ids, such as [B, T]. Default [N].</param>
    /// <returns>[N, D], or the shape of the ids with D behind it: [B, T, D].</returns>
    /// <exception cref="ArgumentException">This is not a table [V, D], there are no ids, or the shape has another number of values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not a row of this table.</exception>
    public Tensor Embedding(Pass pass, ReadOnlySpan<int> ids, Shape shape = default)
    {
        Shape table = Shape;
        if (table.Rank != 2) throw new ArgumentException($"An embedding looks up rows of a table [V, D]; this tensor is {table}.");
        if (ids.IsEmpty) throw new ArgumentException("An embedding needs at least one id.", nameof(ids));
        if (shape.Rank == 0) shape = new(ids.Length);
        if (shape.Size != ids.Length || shape.Rank > 3)
            throw new ArgumentException($"{ids.Length} ids were given in the shape {shape}; it needs one to three axes and as many values as there are ids.", nameof(shape));

        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)table[0])
                throw new ArgumentOutOfRangeException(nameof(ids), ids[i], $"Id {ids[i]} at place {i} is not a row of the table {table}; ids are 0 to {table[0] - 1}.");
        }

        EmbeddingOp op = Op.Take<EmbeddingOp>(pass);
        op.Keep(ids);
        return op.Run(shape.Rank switch { 1 => new(shape[0], table[1]), 2 => new(shape[0], shape[1], table[1]), _ => new(shape[0], shape[1], shape[2], table[1]) }, this);
    }
}

internal sealed unsafe class EmbeddingOp : Op
{
    private int* _ids;
    private int _count;

    internal void Keep(ReadOnlySpan<int> ids)
    {
        _count = ids.Length;
        _ids = AllocateIntegers(_count);
        ids.CopyTo(new(_ids, _count));
    }

    protected override void Forward()
    {
        EmbeddingForward work = new() { Count = _count, Columns = X.Columns, Ids = _ids, Weights = X.Data, Y = Output.Data };
        Workers.For((_count + EmbeddingForward.IdsPerPiece - 1) / EmbeddingForward.IdsPerPiece, Output.Size, ref work);
    }

    protected override void Backward()
    {
        EmbeddingBackward work = new()
        {
            Count = _count, Columns = X.Columns, Ids = _ids, OutputGradient = Output.Gradient, Gradient = X.GradientOfRows(new(_ids, _count)),
        };
        Workers.For(EmbeddingBackward.Pieces, Output.Size, ref work);
    }
}
