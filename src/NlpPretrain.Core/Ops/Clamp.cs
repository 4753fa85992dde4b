using System.Numerics.Tensors;
using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>Every value within limits: those below or above become the limit.</summary>
    /// <remarks>y = min(max(x, least), most). The gradient is 0 where x is outside the limits, and passes elsewhere. NaN stays NaN.</remarks>
    /// <param name="least">The lower limit; −∞ for none.</param>
    /// <param name="most">The upper limit; ∞ for none.</param>
    /// <returns>The shape of this tensor.</returns>
    /// <exception cref="ArgumentException">The lower limit is above the upper one, or one is not a number.</exception>
    public Tensor Clamp(float least, float most)
    {
        if (!(least <= most)) throw new ArgumentException($"Values cannot be at least {least} and at most {most}; the lower limit must not be above the upper one.", nameof(least));

        ClampOp op = Op.Take<ClampOp>(this);
        (op.Least, op.Most) = (least, most);
        return op.Run(Shape, this);
    }
}

internal sealed unsafe class ClampOp : Op
{
    internal float Least { get; set; }

    internal float Most { get; set; }

    protected override void Forward()
    {
        ForwardPieces work = new() { X = X.Data, Y = Output.Data, Size = X.Size, Least = Least, Most = Most };
        Workers.For(Pieces.Count(X.Size, Pieces.Elements), ref work);
    }

    protected override void Backward()
    {
        BackwardPieces work = new() { X = X.Data, OutputGradient = Output.Gradient, Gradient = X.GradientToWrite(out bool accumulate), Size = X.Size, Least = Least, Most = Most, Accumulate = accumulate };
        Workers.For(Pieces.Count(X.Size, Pieces.Elements), ref work);
    }

    private struct ForwardPieces : IPieces
    {
        internal float* X, Y;
        internal int Size;
        internal float Least, Most;

        public readonly void Run(int piece)
        {
            int start = piece * Pieces.Elements, length = Math.Min(Pieces.Elements, Size - start);
            Span<float> y = new(Y + start, length);
            TensorPrimitives.Max(new ReadOnlySpan<float>(X + start, length), Least, y);
            TensorPrimitives.Min(y, Most, y);
        }
    }

    private struct BackwardPieces : IPieces
    {
        internal float* X, OutputGradient, Gradient;
        internal int Size;
        internal float Least, Most;
        internal bool Accumulate;

        public readonly void Run(int piece)
        {
            int start = piece * Pieces.Elements, end = start + Math.Min(Pieces.Elements, Size - start);
            for (int i = start; i < end; i++)
            {
                float step = X[i] < Least || X[i] > Most ? 0 : OutputGradient[i];
                Gradient[i] = Accumulate ? Gradient[i] + step : step;
            }
        }
    }
}
