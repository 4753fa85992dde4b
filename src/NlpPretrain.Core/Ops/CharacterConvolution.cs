using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>A one-dimensional convolution over the characters of each word, and its maximum over the positions.</summary>
    /// <remarks>
    /// <para>y = a(maxₚ Σ_w x[p + w]·W[w] + b), over the positions where the whole filter fits.</para>
    /// <para>Source: Kim et al. 2016, arXiv:1508.06615, section 2.2. The activation rises, so the maximum may be taken before it. The first of
    /// equal positions gets the gradient; NaN is larger than all.</para>
    /// </remarks>
    /// <param name="filters">W, [width, D, F]</param>
    /// <param name="bias">b, [F]</param>
    /// <param name="activation">a, <see cref="Activation.Relu"/> or <see cref="Activation.Tanh"/>. Default: ReLU.</param>
    /// <returns>[N, F]; this tensor is x, [N, characters, D].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, the filter is wider than a word, or the activation does not rise.</exception>
    public Tensor CharacterConvolution(Tensor filters, Tensor bias, Activation activation = Activation.Relu)
    {
        (Shape x, Shape w) = (Shape, filters.Shape);
        if (x.Rank != 3 || w.Rank != 3 || w[1] != x[2] || w[0] > x[1])
            throw new ArgumentException($"The filters are {w}; for the characters {x} they need to be [width, {x.Columns}, F], the width at most the number of characters.", nameof(filters));
        if (bias.Shape != new Shape(w[2])) throw new ArgumentException($"The bias is {bias.Shape}; it needs to be [{w[2]}].", nameof(bias));
        if (activation is not (Activation.Relu or Activation.Tanh or Activation.None or Activation.Sigmoid))
            throw new ArgumentException($"The activation is {activation}; the maximum needs one that rises: Relu, Tanh, Sigmoid or None.", nameof(activation));

        CharacterConvolutionOp op = Op.Take<CharacterConvolutionOp>(this);
        op.Activation = activation;
        return op.Run(new(x[0], w[2]), this, filters, bias);
    }
}

internal sealed unsafe class CharacterConvolutionOp : Op
{
    /// <summary>Words whose sums at all positions are there at once.</summary>
    private const int WordsPerChunk = 64;

    private int* _best;
    private float* _before;

    internal Activation Activation { get; set; }

    private int Words => X.Shape[0];

    private int Characters => X.Shape[1];

    private int Depth => X.Columns;

    private int Window => Y.Shape[0] * Depth;

    private int Filters => Y.Columns;

    private int Positions => Characters - Y.Shape[0] + 1;

    // A window of characters is contiguous, so the convolution of a word is a product of [positions, window], rows a character apart, and [window, F].
    protected override void Forward()
    {
        int words = Words, filters = Filters;
        _best = AllocateIntegers(Output.Size);
        _before = Activation == Activation.None ? Output.Data : Allocate(Output.Size);
        float* sums = Allocate((long)Math.Min(words, WordsPerChunk) * Positions * filters);             // [words of a chunk, positions, F]
        for (int first = 0; first < words; first += WordsPerChunk)
        {
            int count = Math.Min(WordsPerChunk, words - first);
            MatrixMultiply.RunBatch(Workers, Transpose.None, count, Positions, filters, Window, X.Data + (long)first * Characters * Depth, (nint)Characters * Depth, Depth,
                Y.Data, 0, filters, sums, (nint)Positions * filters, filters, accumulate: false);
            MaximumOverTime work = new() { Positions = Positions, Filters = filters, Sums = sums, Bias = Z.Data, Target = _before + (long)first * filters, Best = _best + (long)first * filters };
            Workers.For(count, (long)count * Positions * filters, ref work);
        }

        Activation.Forward(Workers, _before, Output.Size, Output.Data);
    }

    protected override void Backward()
    {
        int words = Words, filters = Filters;
        float* gradient = Output.Gradient;
        if (Activation != Activation.None)
        {
            gradient = Allocate(Output.Size);
            Activation.Backward(Workers, _before, Output.Size, Output.Gradient, gradient);
        }

        float* byFilter = Allocate((long)filters * Window);                                              // [F, window]
        if (X.RequiresGradient)
        {
            Turn.Run(Y.Data, Window, filters, byFilter, accumulate: false);
            ConvolutionToInput work = new() { Filters = filters, Window = Window, Depth = Depth, WordSize = Characters * Depth, Best = _best, Gradient = gradient, Weights = byFilter, Target = X.Gradient };
            Workers.For(words, (long)words * filters * Window, ref work);
        }

        if (Y.RequiresGradient)
        {
            ConvolutionToFilters work = new() { Words = words, Filters = filters, Window = Window, Depth = Depth, WordSize = Characters * Depth, Best = _best, Gradient = gradient, X = X.Data, Target = byFilter };
            Workers.For(filters, (long)words * filters * Window, ref work);
            float* target = Y.GradientToWrite(out bool accumulate);
            Turn.Run(byFilter, filters, Window, target, accumulate);
        }

        if (Z.RequiresGradient)
        {
            float* target = Z.GradientToWrite(out bool accumulate);
            ColumnSums.Add(Workers, gradient, null, words, filters, Allocate(ColumnSums.ScratchSize(words, filters)), target, accumulate);
        }
    }
}
