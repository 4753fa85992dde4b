using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>Weights that are [outputs, inputs] in memory and [inputs, outputs] in files, some rows of the file at a time.</summary>
internal static class Transposition
{
    private const int RowsAtOnce = 16;                                                                          // the floats of a cache line

    internal delegate void Reader(long first, Span<float> values);

    /// <summary>Whether files have the parameter the other way: the weights of a block, which have two axes and no gain.</summary>
    internal static bool Has(Parameter parameter) => parameter.Shape.Rank == 2 && parameter.Name.StartsWith("h.", StringComparison.Ordinal);

    /// <summary>Gives the rows of the file, each once and in order.</summary>
    internal static RowSource Write(Parameter parameter)
    {
        int outputs = parameter.Shape[0], inputs = parameter.Shape[1];
        float[] rows = new float[RowsAtOnce * outputs];
        return row =>
        {
            int within = (int)(row % RowsAtOnce), first = (int)row - within;
            if (within == 0)
            {
                for (int output = 0; output < outputs; output++)
                {
                    ReadOnlySpan<float> values = parameter.Data.Slice(output * inputs + first, Math.Min(RowsAtOnce, inputs - first));
                    for (int i = 0; i < values.Length; i++) rows[i * outputs + output] = values[i];
                }
            }

            return rows.AsSpan(within * outputs, outputs);
        };
    }

    /// <summary>Fills the parameter from a file.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="read">Reads values of the file from one place on; called in order.</param>
    internal static void Read(Parameter parameter, Reader read)
    {
        int outputs = parameter.Shape[0], inputs = parameter.Shape[1];
        float[] rows = new float[RowsAtOnce * outputs];
        for (int first = 0; first < inputs; first += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, inputs - first);
            read((long)first * outputs, rows.AsSpan(0, count * outputs));
            for (int output = 0; output < outputs; output++)
            {
                Span<float> values = parameter.Data.Slice(output * inputs + first, count);
                for (int i = 0; i < count; i++) values[i] = rows[i * outputs + output];
            }
        }
    }
}
