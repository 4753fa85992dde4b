using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean of the squared differences: the loss of regression, such as of scores of similarity.</summary>
    /// <remarks>L = 1/n · Σ (x − t)² over all n values.</remarks>
    /// <param name="targets">t, the shape of this tensor.</param>
    /// <returns>[1]</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Tensor MeanSquaredError(Tensor targets)
    {
        if (targets.Shape != Shape) throw new ArgumentException($"The predictions are {Shape} and the targets {targets.Shape}; each prediction has one target.", nameof(targets));
        return Op.Take<MeanSquaredErrorOp>(Node.Arena is null ? targets : this).Run(new Shape(1), this, targets);
    }
}

internal sealed unsafe class MeanSquaredErrorOp : Op
{
    protected override void Forward() =>
        Output.Data[0] = (float)(Totals<SquaredDifferences>.Sum(Workers, X.Data, Y.Data, X.Size, Allocate(Totals<SquaredDifferences>.ScratchSize(X.Size))) / X.Size);

    // ∂L/∂x = 2·(x − t) / n = −∂L/∂t
    protected override void Backward()
    {
        float scale = (float)(2.0 / X.Size * Output.Gradient[0]);
        if (X.RequiresGradient) ScaledDifference.Run(Workers, X.Data, Y.Data, X.Size, scale, X.GradientToWrite(out bool accumulate), accumulate);
        if (Y.RequiresGradient) ScaledDifference.Run(Workers, Y.Data, X.Data, X.Size, scale, Y.GradientToWrite(out bool accumulate), accumulate);
    }

    /// <summary>target = scale·(x − y), or added to the target.</summary>
    private struct ScaledDifference : IPieces
    {
        private float* _x, _y, _target;
        private int _size;
        private float _scale;
        private bool _accumulate;

        internal static void Run(Workers workers, float* x, float* y, int size, float scale, float* target, bool accumulate)
        {
            ScaledDifference work = new() { _x = x, _y = y, _size = size, _scale = scale, _target = target, _accumulate = accumulate };
            workers.For(Pieces.Count(size, Pieces.Elements), ref work);
        }

        public readonly void Run(int piece)
        {
            int start = piece * Pieces.Elements, end = start + Math.Min(Pieces.Elements, _size - start);
            for (int i = start; i < end; i++)
            {
                float step = _scale * (_x[i] - _y[i]);
                _target[i] = _accumulate ? _target[i] + step : step;
            }
        }
    }
}
