using NlpPretrain.Initialization;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean cross entropy of targets among a sample of the vocabulary: a training loss for vocabularies too large for <see cref="CrossEntropy(Tensor, Tensor?, ReadOnlySpan{int}, int, float)"/>.</summary>
    /// <remarks>
    /// <para>
    /// All rows share S different words, drawn by P(k) = log((k + 2) / (k + 1)) / log(V + 1), so that word 0 must be the most frequent one. A word's logit
    /// is w·h + b − log Q with Q = 1 − (1 − P(k))ⁿ, how often it is expected among n draws, n being how many it took to have S different words. The
    /// loss is the softmax cross entropy of the target among itself and the sample, without its own word in the sample.
    /// </para>
    /// <para>The gradient of W is at the rows of the sample and the targets only: <see cref="Parameter.TouchedRows"/>. Evaluate with the whole softmax.</para>
    /// <para>Source: Jean et al. 2015, arXiv:1412.2007; the distribution, Q and the removal of hits as in the language model of bilm-tf.</para>
    /// </remarks>
    /// <param name="weight">W, [V, C] for this tensor [..., C], the rows in the order of falling frequency.</param>
    /// <param name="bias">b, [V], or null.</param>
    /// <param name="targets">The word of each row of this tensor.</param>
    /// <param name="samples">S, 1 to V.</param>
    /// <param name="random">Where the draws come from; a stream of its own for each step.</param>
    /// <param name="ignoreTarget">Rows with this target do not count. Default −1.</param>
    /// <returns>One value, [1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is not one target for each row.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not a row of W, or the number of samples is out of range.</exception>
    public Tensor SampledSoftmax(Tensor weight, Tensor? bias, ReadOnlySpan<int> targets, int samples, RandomStream random, int ignoreTarget = -1)
    {
        Shape shape = Shape;
        ChunkedCrossEntropyOp.CheckTable(shape, weight.Shape, bias);
        CrossEntropyOp.Check(shape, shape.Rows, weight.Shape[0], targets, ignoreTarget, 0);
        if (samples < 1 || samples > weight.Shape[0])
            throw new ArgumentOutOfRangeException(nameof(samples), samples, $"A sample of {samples} different words cannot be drawn from {weight.Shape[0]}; 1 to {weight.Shape[0]} can.");

        SampledSoftmaxOp op = Op.Take<SampledSoftmaxOp>(this);
        op.Keep(targets, ignoreTarget);
        op.Draw(random, weight.Shape[0], samples);
        return bias is { } b ? op.Run(new Shape(1), this, weight, b) : op.Run(new Shape(1), this, weight);
    }
}

internal sealed unsafe class SampledSoftmaxOp : ChunkedCrossEntropyOp
{
    private readonly LogUniformSampler _sampler = new();
    private int* _sample;
    private int _samples;

    protected override int Classes => _samples;

    internal void Draw(RandomStream random, int vocabulary, int samples)
    {
        _samples = samples;
        _sample = AllocateIntegers(samples);
        _sampler.Sample(random, vocabulary, new(_sample, samples));
    }

    protected override void Forward()
    {
        Pick();
        float* bias = InputCount == 3 ? Z.Data : null;
        States = (LogitState*)AllocateIntegers((long)LogitState.Integers * Count);
        float* logCounts = Allocate(Count);
        for (int row = 0; row < Count; row++) logCounts[row] = _sampler.LogExpectedCount(PickedTargets[row]);
        TrueLogits work = new() { Rows = Count, Columns = Width, Targets = PickedTargets, Hidden = Hidden, Weight = Y.Data, Bias = bias, LogCounts = logCounts, States = States };
        Workers.For(Pieces, (long)Count * Width, ref work);

        Table = Allocate((long)_samples * Width);
        TableBias = Allocate(_samples);
        for (int i = 0; i < _samples; i++) TableBias[i] = (bias == null ? 0 : bias[_sample[i]]) - _sampler.LogExpectedCount(_sample[i]);
        EmbeddingForward gather = new() { Count = _samples, Columns = Width, Ids = _sample, Weights = Y.Data, Y = Table };
        Workers.For((_samples + EmbeddingForward.IdsPerPiece - 1) / EmbeddingForward.IdsPerPiece, (long)_samples * Width, ref gather);

        Labels = AllocateIntegers(Count);
        new Span<int>(Labels, Count).Fill(int.MaxValue);                                          // no row's target is in the sample: hits are masked
        ForwardChunks();
        Finish(PickedTargets, Count);
    }

    protected override void Backward()
    {
        bool addHidden = false;
        float* hidden = X.RequiresGradient ? HiddenGradient(out addHidden) : null;
        float* table = Y.RequiresGradient ? Allocate((long)_samples * Width) : null, bias = Allocate(_samples);
        if (Count > 0)
        {
            BackwardChunks(hidden, addHidden, table, false, bias, false);
            AddTrue(hidden, table, bias);
        }

        Return(hidden);
    }

    private int Pieces => (Count + TrueLogits.RowsPerPiece - 1) / TrueLogits.RowsPerPiece;

    // The true words' part, then that of the sample, each in order.
    private void AddTrue(float* hidden, float* table, float* bias)
    {
        TrueLogitGradients work = new()
        {
            Rows = Count, Columns = Width, Scale = Output.Gradient[0] / Count, Targets = PickedTargets, Hidden = Hidden, Weight = Y.Data, States = States,
            HiddenGradient = hidden, WeightGradient = table == null ? null : Allocate((long)Count * Width), BiasGradient = Allocate(Count),
        };
        Workers.For(Pieces, 2L * Count * Width, ref work);
        if (table != null)
        {
            AddRows(PickedTargets, Count, work.WeightGradient);
            AddRows(_sample, _samples, table);
        }

        if (InputCount < 3 || !Z.RequiresGradient) return;
        float* gradient = Z.Gradient;
        for (int row = 0; row < Count; row++) gradient[PickedTargets[row]] += work.BiasGradient[row];
        for (int i = 0; i < _samples; i++) gradient[_sample[i]] += bias[i];
    }

    private void AddRows(int* rows, int count, float* values)
    {
        EmbeddingBackward work = new() { Count = count, Columns = Width, Ids = rows, OutputGradient = values, Gradient = Y.GradientOfRows(new(rows, count)) };
        Workers.For(EmbeddingBackward.Pieces, (long)count * Width, ref work);
    }

    protected override void Mask(int row, int rows, int column, int columns, float* logits, long stride)
    {
        Span<int> sample = new(_sample + column, columns);
        for (int i = 0; i < rows; i++)
        {
            int place = sample.BinarySearch(PickedTargets[row + i]);
            if (place >= 0) logits[i * stride + place] = float.NegativeInfinity;
        }
    }
}
