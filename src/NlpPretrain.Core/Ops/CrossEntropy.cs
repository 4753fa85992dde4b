using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean cross entropy of targets under the softmax of these logits.</summary>
    /// <remarks>
    /// <para>L = mean over targets t of −Σᵢ qᵢ·log pᵢ with p = softmax(x), and q = 1 − ε + ε/V at t and ε/V elsewhere; in nats.</para>
    /// <para>Differs from PyTorch: without a target that counts, the loss is 0, not NaN.</para>
    /// </remarks>
    /// <param name="targets">The class of each row of these logits [..., V].</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <param name="labelSmoothing">ε, 0 to below 1. Default 0.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">There is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a class, or the label smoothing is out of range.</exception>
    public Tensor CrossEntropy(ReadOnlySpan<int> targets, int ignoreTarget = -1, float labelSmoothing = 0) =>
        CrossEntropy(targets, out _, ignoreTarget, labelSmoothing);

    /// <summary>The mean cross entropy of targets under the softmax of these logits, with its sum, count and number of correct predictions.</summary>
    /// <param name="targets">The class of each row of these logits [..., V].</param>
    /// <param name="statistics">Sum, count and correct predictions.</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <param name="labelSmoothing">ε, 0 to below 1. Default 0.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">There is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a class, or the label smoothing is out of range.</exception>
    public Tensor CrossEntropy(ReadOnlySpan<int> targets, out TargetStatistics statistics, int ignoreTarget = -1, float labelSmoothing = 0)
    {
        Shape shape = Shape;
        CrossEntropyOp.Check(shape, shape.Rows, shape.Columns, targets, ignoreTarget, labelSmoothing);
        LogitCrossEntropyOp op = Op.Take<LogitCrossEntropyOp>(this);
        op.LabelSmoothing = labelSmoothing;
        op.Keep(targets, ignoreTarget);
        Tensor loss = op.Run(new Shape(1), this);
        statistics = op.Statistics;
        return loss;
    }
}

internal sealed unsafe class LogitCrossEntropyOp : CrossEntropyOp
{
    private const int CostOfExp = 4;

    protected override int Classes => X.Columns;

    private int Pieces => (Rows + CrossEntropyForward.RowsPerPiece - 1) / CrossEntropyForward.RowsPerPiece;

    protected override void Forward()
    {
        CreateStates(Rows);
        CrossEntropyForward work = new()
        {
            Rows = Rows, Columns = Classes, Stride = Classes, Logits = X.Data, Targets = Targets, States = States, NeedsTotal = LabelSmoothing != 0,
        };
        Workers.For(Pieces, (long)CostOfExp * X.Size, ref work);
        Finish(Targets, Rows);
    }

    protected override void Backward()
    {
        CrossEntropyBackward work = Gradients();
        (work.Rows, work.Columns, work.Stride) = (Rows, Classes, Classes);
        work.Logits = X.Data;
        work.Targets = Targets;
        work.States = States;
        work.Gradient = X.GradientToWrite(out work.Accumulate);
        Workers.For(Pieces, (long)CostOfExp * X.Size, ref work);
    }
}
