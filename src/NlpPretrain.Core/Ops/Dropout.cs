using NlpPretrain.Initialization;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Sets values to zero at random in training, and scales the others so that means stay; in inference, this tensor as it is.</summary>
    /// <remarks>
    /// <para>y = m ⊙ x / (1 − p), where each m is 0 with probability p, else 1.</para>
    /// <para>Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting". Differs: scaled in training, not in inference.</para>
    /// <para>The masks depend on the pass's seed and step and on how many dropouts ran before in the pass, not on threads.</para>
    /// </remarks>
    /// <param name="probability">p, 0 or more and below 1. A value is dropped with the nearest probability that is a multiple of 2⁻³².</param>
    /// <returns>The shape of this tensor; this tensor itself where nothing is dropped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in its range.</exception>
    public Tensor Dropout(float probability)
    {
        if (!(probability >= 0 && probability < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, $"Dropout drops values with a probability of 0 or more and below 1, not {probability}.");
        Pass pass = Pass;
        if (probability == 0 || !pass.IsTraining) return this;

        DropoutOp op = Op.Take<DropoutOp>(this);
        (op.Probability, op.Random) = (probability, pass.NextRandom());
        return op.Run(Shape, this);
    }
}

/// <summary>The mask is a function of the stream and the place, so the backward computes it again.</summary>
internal sealed unsafe class DropoutOp : Op
{
    internal float Probability { get; set; }

    internal RandomStream Random { get; set; }

    protected override void Forward() => DropoutMask.Run(Workers, Random, Probability, X.Data, X.Size, Output.Data, accumulate: false);

    // ∂L/∂x = m ⊙ ∂L/∂y / (1 − p)
    protected override void Backward()
    {
        float* gradient = X.GradientToWrite(out bool accumulate);
        DropoutMask.Run(Workers, Random, Probability, Output.Gradient, X.Size, gradient, accumulate);
    }
}
