namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean cross entropy of targets under the softmax of a projection of this tensor: hidden states to a vocabulary.</summary>
    /// <remarks>
    /// <para>L = mean over targets t of −Σᵢ qᵢ·log pᵢ with p = softmax(W·h + b), and q = 1 − ε + ε/V at t and ε/V elsewhere; in nats.</para>
    /// <para>
    /// The logits [N, V] are computed by chunks of the vocabulary with a running maximum and sum. Up to 64 MB of them are kept for the backward; more never
    /// exist whole and are computed once more. Rows whose target is ignored cost nothing. W may be an embedding table.
    /// </para>
    /// <para>Source: Milakov and Gimelshein 2018, arXiv:1805.02867 (the running maximum and sum).</para>
    /// <para>Differs from PyTorch: without a target that counts, the loss is 0, not NaN.</para>
    /// </remarks>
    /// <param name="weight">W, [V, C] for this tensor [..., C]</param>
    /// <param name="bias">b, [V], or null.</param>
    /// <param name="targets">The word of each row of this tensor.</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <param name="labelSmoothing">ε, 0 to below 1. Default 0.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a row of W, or the label smoothing is out of range.</exception>
    public Tensor CrossEntropy(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, int ignoreTarget = -1, float labelSmoothing = 0) =>
        CrossEntropy(weight, bias, targets, out _, ignoreTarget, labelSmoothing);

    /// <summary>The mean cross entropy of targets under the softmax of a projection, with its sum, count and number of correct predictions.</summary>
    /// <param name="weight">W, [V, C] for this tensor [..., C]</param>
    /// <param name="bias">b, [V], or null.</param>
    /// <param name="targets">The word of each row of this tensor.</param>
    /// <param name="statistics">Sum, count and correct predictions.</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <param name="labelSmoothing">ε, 0 to below 1. Default 0.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a row of W, or the label smoothing is out of range.</exception>
    public Tensor CrossEntropy(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, out TargetStatistics statistics, int ignoreTarget = -1, float labelSmoothing = 0) =>
        CrossEntropy(weight, bias, targets, out statistics, ignoreTarget, labelSmoothing, ChunkedCrossEntropyOp.MostKeptLogits);

    internal Tensor CrossEntropy(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, out TargetStatistics statistics, int ignoreTarget, float labelSmoothing, long mostKept)
    {
        Shape shape = Shape, table = weight.Shape;
        ChunkedCrossEntropyOp.CheckTable(shape, table, bias);
        CrossEntropyOp.Check(shape, shape.Rows, table[0], targets, ignoreTarget, labelSmoothing);

        ProjectedCrossEntropyOp op = Op.Take<ProjectedCrossEntropyOp>(this);
        op.LabelSmoothing = labelSmoothing;
        op.MostKept = mostKept;
        op.Keep(targets, ignoreTarget);
        Tensor loss = bias is { } b ? op.Run(new Shape(1), this, weight, b) : op.Run(new Shape(1), this, weight);
        statistics = op.Statistics;
        return loss;
    }
}

internal sealed unsafe class ProjectedCrossEntropyOp : ChunkedCrossEntropyOp
{
    protected override int Classes => Y.Rows;

    protected override void Forward()
    {
        Pick();
        CreateStates(Count);
        Table = Y.Data;
        TableBias = InputCount == 3 ? Z.Data : null;
        Labels = PickedTargets;
        ForwardChunks();
        Finish(PickedTargets, Count);
    }

    protected override void Backward()
    {
        bool addHidden = false, addWeight = false, addBias = false;
        float* hidden = X.RequiresGradient ? HiddenGradient(out addHidden) : null;
        float* weight = Y.RequiresGradient ? Y.GradientToWrite(out addWeight) : null;
        float* bias = TableBias != null && Z.RequiresGradient ? Z.GradientToWrite(out addBias) : null;
        if (Count == 0 && weight != null && !addWeight) new Span<float>(weight, Y.Size).Clear();
        if (Count == 0 && bias != null && !addBias) new Span<float>(bias, Z.Size).Clear();

        BackwardChunks(hidden, addHidden, weight, addWeight, bias, addBias);
        Return(hidden);
    }
}
