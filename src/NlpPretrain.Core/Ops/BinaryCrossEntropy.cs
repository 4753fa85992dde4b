using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The mean cross entropy of yes-or-no questions, from this tensor's logits: the loss of labels that do not exclude each other.</summary>
    /// <remarks>
    /// L = −1/n · Σ (t·log σ(x) + (1 − t)·log(1 − σ(x))) over all n values, computed as max(x, 0) − x·t + log(1 + e^−|x|), in double precision:
    /// no logit overflows, and a loss near 0 keeps its digits.
    /// </remarks>
    /// <param name="targets">t, from 0 (no) to 1 (yes), the shape of this tensor; a constant.</param>
    /// <returns>[1], in nats.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Tensor BinaryCrossEntropyWithLogits(Tensor targets)
    {
        if (targets.Shape != Shape) throw new ArgumentException($"The logits are {Shape} and the targets {targets.Shape}; each logit has one target.", nameof(targets));
        if (targets.RequiresGradient) throw new ArgumentException("The targets depend on a parameter; targets of this loss are constants.", nameof(targets));
        return Op.Take<BinaryCrossEntropyOp>(this).Run(new Shape(1), this, targets);
    }
}

internal sealed unsafe class BinaryCrossEntropyOp : Op
{
    private const int PieceSize = 512;

    protected override void Forward()
    {
        int pieces = Pieces.Count(X.Size, PieceSize);
        LossPieces work = new() { Logits = X.Data, Targets = Y.Data, Size = X.Size, Partial = (double*)Allocate(2L * pieces) };
        Workers.For(pieces, ref work);

        double sum = 0;
        for (int piece = 0; piece < pieces; piece++) sum += work.Partial[piece];
        Output.Data[0] = (float)(sum / X.Size);
    }

    // ∂L/∂x = (σ(x) − t) / n
    protected override void Backward()
    {
        GradientPieces work = new()
        {
            Logits = X.Data, Targets = Y.Data, Size = X.Size, Scale = Output.Gradient[0] / (double)X.Size, Gradient = X.GradientToWrite(out bool accumulate), Accumulate = accumulate,
        };
        Workers.For(Pieces.Count(X.Size, PieceSize), ref work);
    }

    private struct LossPieces : IPieces
    {
        internal float* Logits, Targets;
        internal double* Partial;
        internal int Size;

        public readonly void Run(int piece)
        {
            double sum = 0;
            int start = piece * PieceSize, end = start + Math.Min(PieceSize, Size - start);
            for (int i = start; i < end; i++)
            {
                double x = Logits[i];
                sum += Math.Max(x, 0) - x * Targets[i] + LogOfOnePlus(PortableMath.Exp(-Math.Abs(x)));
            }

            Partial[piece] = sum;
        }

        // What the sum 1 + e has lost of e, the quotient gives back.
        private static double LogOfOnePlus(double e)
        {
            double sum = 1 + e;
            return sum == 1 ? e : PortableMath.Log(sum) * (e / (sum - 1));
        }
    }

    private struct GradientPieces : IPieces
    {
        internal float* Logits, Targets, Gradient;
        internal double Scale;
        internal int Size;
        internal bool Accumulate;

        public readonly void Run(int piece)
        {
            int start = piece * PieceSize, end = start + Math.Min(PieceSize, Size - start);
            for (int i = start; i < end; i++)
            {
                float step = (float)(Scale * (1 / (1 + PortableMath.Exp(-(double)Logits[i])) - Targets[i]));
                Gradient[i] = Accumulate ? Gradient[i] + step : step;
            }
        }
    }
}
