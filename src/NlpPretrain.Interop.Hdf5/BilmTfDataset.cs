using NlpPretrain.Tensors;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>How the values of a dataset lie in the parameters of the model.</summary>
internal enum BilmTfOrder
{
    /// <summary>As they are, whatever axes of size 1 there are.</summary>
    Same,

    /// <summary>[inputs, outputs], for a parameter [outputs, inputs].</summary>
    Transposed,

    /// <summary>[I + P, 4N] with gates i, j, f, o, for the input's weights [4N, I] and the hidden state's [4N, P] with gates i, f, g, o.</summary>
    Kernel,

    /// <summary>[4N] with gates i, j, f, o, for gates i, f, g, o, and without the 1 that bilm-tf adds to the forget gate as it runs.</summary>
    Bias,

    /// <summary>[4N], what a <see cref="Bias"/> in single precision cannot say of the model's: in our files alone, and only where it is not zero.</summary>
    BiasRest,
}

/// <summary>A dataset of bilm-tf's weights, and where its values belong.</summary>
/// <param name="Name">Its name: "RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_0".</param>
/// <param name="Shape">Its axes.</param>
/// <param name="Order">How its values lie in the parameters.</param>
/// <param name="Parameters">Names of the model's parameters: one, or the two of a <see cref="BilmTfOrder.Kernel"/>.</param>
internal sealed record BilmTfDataset(string Name, IReadOnlyList<int> Shape, BilmTfOrder Order, params IReadOnlyList<string> Parameters)
{
    /// <summary>The gates of a file, i, j, f and o, in the order of the model's, i, f, g and o.</summary>
    private static readonly int[] FileGate = [0, 2, 1, 3];

    /// <summary>The gate of the model whose bias holds the 1.</summary>
    private const int ForgetGate = 1;

    /// <summary>The number of values.</summary>
    internal long Size => Shape.Aggregate(1L, (size, axis) => size * axis);

    /// <summary>Puts the values of the file into the model.</summary>
    internal void Read(ReadOnlySpan<float> file, IReadOnlyDictionary<string, Parameter> model)
    {
        Parameter parameter = model[Parameters[0]];
        switch (Order)
        {
            case BilmTfOrder.Same: file.CopyTo(parameter.Data); break;
            case BilmTfOrder.Transposed: Turn(file, 0, Shape[1], parameter.Data, Shape[0]); break;
            case BilmTfOrder.Kernel: ReadKernel(file, parameter, model[Parameters[1]]); break;
            case BilmTfOrder.Bias: ReadBias(file, parameter.Data); break;
            case BilmTfOrder.BiasRest:
                for (int i = 0; i < file.Length; i++) parameter.Data[PlaceOf(i)] += file[i];
                break;
        }
    }

    /// <summary>Takes the values of the file from the model.</summary>
    internal void Write(Span<float> file, IReadOnlyDictionary<string, Parameter> model)
    {
        Parameter parameter = model[Parameters[0]];
        switch (Order)
        {
            case BilmTfOrder.Same: parameter.Data.CopyTo(file); break;
            case BilmTfOrder.Transposed: Turn(parameter.Data, 0, Shape[0], file, Shape[1]); break;
            case BilmTfOrder.Kernel: WriteKernel(file, parameter, model[Parameters[1]]); break;
            case BilmTfOrder.Bias:
                for (int i = 0; i < file.Length; i++) file[i] = parameter.Data[PlaceOf(i)] - OffsetOf(PlaceOf(i));
                break;
            case BilmTfOrder.BiasRest:
                for (int i = 0; i < file.Length; i++) file[i] = RestOf(parameter.Data[PlaceOf(i)], OffsetOf(PlaceOf(i)));
                break;
        }
    }

    private void ReadBias(ReadOnlySpan<float> file, Span<float> bias)
    {
        for (int i = 0; i < file.Length; i++) bias[PlaceOf(i)] = file[i] + OffsetOf(PlaceOf(i));
    }

    /// <summary>Where a value of a bias in a file is in the model.</summary>
    private int PlaceOf(int index)
    {
        int cells = Shape[0] / FileGate.Length;
        return FileGate[index / cells] * cells + index % cells;                     // the order is its own inverse
    }

    private float OffsetOf(int place) => place / (Shape[0] / FileGate.Length) == ForgetGate ? 1 : 0;

    // (value - 1) + 1 is not the value where single precision has no number for the difference; what is missing then has one.
    private static float RestOf(float value, float offset) => value - (value - offset + offset);

    private void ReadKernel(ReadOnlySpan<float> file, Parameter input, Parameter hidden)
    {
        int inputs = input.Shape[1], outputs = hidden.Shape[1], columns = Shape[1], cells = columns / FileGate.Length;
        for (int gate = 0; gate < FileGate.Length; gate++)
        {
            ReadOnlySpan<float> gateOfFile = file[(FileGate[gate] * cells)..];
            Turn(gateOfFile, 0, columns, input.Data.Slice(gate * cells * inputs, cells * inputs), inputs);
            Turn(gateOfFile, inputs * columns, columns, hidden.Data.Slice(gate * cells * outputs, cells * outputs), outputs);
        }
    }

    private void WriteKernel(Span<float> file, Parameter input, Parameter hidden)
    {
        int columns = Shape[1], cells = columns / FileGate.Length;
        for (int row = 0; row < Shape[0]; row++)
        {
            (Parameter source, int column) = row < input.Shape[1] ? (input, row) : (hidden, row - input.Shape[1]);
            ReadOnlySpan<float> values = source.Data;
            int width = source.Shape[1];
            for (int gate = 0; gate < FileGate.Length; gate++)
            {
                Span<float> target = file.Slice(row * columns + FileGate[gate] * cells, cells);
                for (int cell = 0; cell < cells; cell++) target[cell] = values[(gate * cells + cell) * width + column];
            }
        }
    }

    /// <summary>target[i, j] = source[start + j·stride + i], where rows of the target have a length.</summary>
    private static void Turn(ReadOnlySpan<float> source, int start, int stride, Span<float> target, int length)
    {
        for (int i = 0; i < target.Length / length; i++)
        {
            Span<float> row = target.Slice(i * length, length);
            for (int j = 0; j < length; j++) row[j] = source[start + j * stride + i];
        }
    }
}
