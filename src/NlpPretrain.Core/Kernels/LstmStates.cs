using System.Numerics.Tensors;

namespace NlpPretrain.Kernels;

/// <summary>One row of an LSTM's hidden state after a step: clipped, zero behind the row's length; and the row's states after its last step, kept.</summary>
internal unsafe struct LstmStates : IPieces
{
    internal int Step, Cells, Outputs;
    internal float Limit;
    internal int* Lengths;
    internal float* Hidden, Cell, LastHidden, LastCell;

    public readonly void Run(int piece)
    {
        Span<float> hidden = new(Hidden + (long)piece * Outputs, Outputs);
        if (Step >= Lengths[piece])
        {
            hidden.Clear();
            return;
        }

        if (float.IsFinite(Limit)) TensorPrimitives.Clamp(hidden, -Limit, Limit, hidden);
        if (Step < Lengths[piece] - 1) return;

        hidden.CopyTo(new(LastHidden + (long)piece * Outputs, Outputs));
        new ReadOnlySpan<float>(Cell + (long)piece * Cells, Cells).CopyTo(new(LastCell + (long)piece * Cells, Cells));
    }
}

/// <summary>∂L/∂(h before clipping) of one row: what the output brings and, before the row's last step, what the next step does; nothing where h was clipped.</summary>
internal unsafe struct LstmStatesBackward : ISimdPieces
{
    internal int Step, Outputs;
    internal float Limit;
    internal int* Lengths;
    internal float* Hidden, OutputGradient, NextGradient, Target;

    public readonly void Run(int piece) => Simd.Run(this, piece);

    public readonly void Run<TSimd>(int piece) where TSimd : struct, ISimd<TSimd>
    {
        long at = (long)piece * Outputs;
        if (Step >= Lengths[piece])
        {
            new Span<float>(Target + at, Outputs).Clear();
            return;
        }

        bool hasNext = Step < Lengths[piece] - 1;
        TSimd limit = Limit;
        for (int k = 0; k < Outputs; k += Row.Lanes)
        {
            int left = Outputs - k;
            TSimd gradient = Row.Load<TSimd>(OutputGradient + at + k, left);
            if (hasNext) gradient += Row.Load<TSimd>(NextGradient + at + k, left);
            TSimd isClipped = TSimd.Abs(Row.Load<TSimd>(Hidden + at + k, left)) >= limit;
            Row.Store(Target + at + k, TSimd.AndNot(gradient, isClipped), left);
        }
    }
}
