using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

/// <summary>What both forms of the cross entropy share: the targets, the state of each row, the loss.</summary>
internal abstract unsafe class CrossEntropyOp : Op
{
    /// <summary>The targets, −1 where ignored, and as many states.</summary>
    protected int* Targets { get; private set; }

    protected LogitState* States { get; set; }

    /// <summary>Number of targets; of those that are not ignored.</summary>
    protected int Rows { get; private set; }

    protected int Count { get; private set; }

    internal float LabelSmoothing { get; set; }

    internal TargetStatistics Statistics { get; private set; }

    /// <summary>Number of classes.</summary>
    protected abstract int Classes { get; }

    internal void Keep(ReadOnlySpan<int> targets, int ignoreTarget)
    {
        (Rows, Count) = (targets.Length, 0);
        Targets = AllocateIntegers(Rows);
        for (int row = 0; row < Rows; row++)
        {
            Targets[row] = targets[row] == ignoreTarget ? -1 : targets[row];
            if (Targets[row] >= 0) Count++;
        }
    }

    internal static void Check(Shape rows, int rowCount, int classes, ReadOnlySpan<int> targets, int ignoreTarget, float labelSmoothing)
    {
        if (targets.Length != rowCount)
            throw new ArgumentException($"{targets.Length} targets were given for {rows}, which has {rowCount} rows; each row needs one (or the ignored target, {ignoreTarget}).", nameof(targets));
        if (!(labelSmoothing is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "Label smoothing is the part of probability spread over all classes: 0 to below 1.");

        for (int row = 0; row < targets.Length; row++)
        {
            if (targets[row] != ignoreTarget && (uint)targets[row] >= (uint)classes)
                throw new ArgumentOutOfRangeException(nameof(targets), targets[row], $"Target {targets[row]} at place {row} is not a class; classes are 0 to {classes - 1}, and {ignoreTarget} is ignored.");
        }
    }

    protected void CreateStates(int count)
    {
        States = (LogitState*)AllocateIntegers((long)LogitState.Integers * count);
        for (int row = 0; row < count; row++) States[row] = LogitState.Empty;
    }

    /// <summary>Takes the states to the loss; rows are added in order and in double precision.</summary>
    protected void Finish(int* targets, int count)
    {
        double sum = 0;
        int correct = 0;
        for (int row = 0; row < count; row++)
        {
            if (targets[row] < 0) continue;
            ref LogitState state = ref States[row];
            double logSum = state.Sum > 0 ? state.Largest + PortableMath.Log(state.Sum) : double.NaN;
            state.Reciprocal = 1 / state.Sum;
            sum += logSum - (1.0 - LabelSmoothing) * state.Target;
            if (LabelSmoothing != 0) sum -= LabelSmoothing * (double)state.Total / Classes;
            if (state.Prediction == targets[row]) correct++;
        }

        Statistics = new(sum, Count, correct);
        Output.Data[0] = (float)Statistics.Mean;
    }

    /// <summary>How the softmax becomes a gradient: see <see cref="CrossEntropyBackward"/>.</summary>
    protected CrossEntropyBackward Gradients() =>
        new() { Scale = Output.Gradient[0] / Count, Smooth = LabelSmoothing / Classes, Sharp = 1 - LabelSmoothing };
}
