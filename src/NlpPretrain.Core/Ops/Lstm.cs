namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>An LSTM over a sequence, with an optional projection of its hidden state and optional clipping.</summary>
    /// <remarks>
    /// <para>(i, f, g, o) = (σ, σ, tanh, σ)(W_x·x + W_h·h′ + b), c = clip(f ⊙ c′ + i ⊙ g), m = o ⊙ tanh c, h = clip(W_p·m), or m without a projection.</para>
    /// <para>Source: Hochreiter and Schmidhuber 1997; Sak, Senior and Beaufays 2014, arXiv:1402.1128. Differs: no peepholes; c and h are clipped, as bilm-tf
    /// does. A clipped value passes no gradient; NaN is not clipped.</para>
    /// </remarks>
    /// <param name="inputWeight">W_x, [4N, I], rows in the order i, f, g, o.</param>
    /// <param name="hiddenWeight">W_h, [4N, P]; P is N without a projection.</param>
    /// <param name="bias">b, [4N]; a bias of the forget gate belongs in its second quarter.</param>
    /// <param name="projection">W_p, [P, N]; default none.</param>
    /// <param name="hidden">h before the first step, [B, P]; it gets a gradient where it wants one.</param>
    /// <param name="cell">c before the first step, [B, N]; likewise.</param>
    /// <param name="cellLimit">c is clipped to ± this, above 0. Default: not at all.</param>
    /// <param name="projectionLimit">h is clipped to ± this, above 0. Default: not at all.</param>
    /// <param name="lengths">Steps of each row of the batch, 1 to T: later outputs are zero, and x there has no part in any value or gradient. Default: all have T.</param>
    /// <returns>h of every step, [T, B, P]; <see cref="LstmResult"/> has the last states too. This tensor is x, [T, B, I].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1 or above T, or a limit is not above 0.</exception>
    public LstmResult Lstm(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Tensor? projection, Tensor hidden, Tensor cell,
        float cellLimit = float.PositiveInfinity, float projectionLimit = float.PositiveInfinity, ReadOnlySpan<int> lengths = default)
    {
        if (Shape.Rank != 3) throw new ArgumentException($"An LSTM reads [T, B, I]; this tensor is {Shape}.");
        (int steps, int batch, int inputs) = (Shape[0], Shape[1], Shape[2]);
        int cells = cell.Shape.Columns, outputs = hidden.Shape.Columns;
        Require(nameof(cell), cell.Shape, new(batch, cells));
        Require(nameof(hidden), hidden.Shape, new(batch, outputs));
        Require(nameof(inputWeight), inputWeight.Shape, new(4 * cells, inputs));
        Require(nameof(hiddenWeight), hiddenWeight.Shape, new(4 * cells, outputs));
        Require(nameof(bias), bias.Shape, new(4 * cells));
        if (projection is { } given) Require(nameof(projection), given.Shape, new(outputs, cells));
        else if (outputs != cells) throw new ArgumentException($"Without a projection the hidden state has as many values as the cell; hidden is {hidden.Shape} and cell is {cell.Shape}.");
        if (!lengths.IsEmpty && lengths.Length != batch) throw new ArgumentException($"{lengths.Length} lengths were given for a batch of {batch}.", nameof(lengths));
        for (int row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 1 || lengths[row] > steps)
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[row], $"The length of row {row} is {lengths[row]}; lengths are 1 to {steps}, the steps of {Shape}.");
        }

        RequirePositive(nameof(cellLimit), cellLimit);
        RequirePositive(nameof(projectionLimit), projectionLimit);

        LstmOp op = Op.Take<LstmOp>(this);
        (op.CellLimit, op.ProjectionLimit) = (cellLimit, projectionLimit);
        op.Keep(lengths, batch, steps);
        op.AddInput(this);
        op.AddInput(inputWeight);
        op.AddInput(hiddenWeight);
        op.AddInput(bias);
        op.AddInput(hidden);
        op.AddInput(cell);
        if (projection is { } weight) op.AddInput(weight);
        Tensor output = op.Run(new(steps, batch, outputs));
        return new(output, op.ResultAt(1), op.ResultAt(2));

        static void RequirePositive(string name, float limit)
        {
            if (!(limit > 0)) throw new ArgumentOutOfRangeException(name, limit, $"{name} is {limit}; it must be above 0.");
        }

        static void Require(string name, Shape found, Shape needed)
        {
            if (found != needed) throw new ArgumentException($"{name} is {found}; it needs to be {needed} to fit the other tensors of the LSTM.", name);
        }
    }
}

/// <summary>What an LSTM gives.</summary>
/// <param name="Output">h of every step, [T, B, P].</param>
/// <param name="Hidden">h after the last step of each row, [B, P]: a constant, for the next part of a sequence.</param>
/// <param name="Cell">c after the last step of each row, [B, N]: a constant.</param>
public readonly record struct LstmResult(Tensor Output, Tensor Hidden, Tensor Cell);
