using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Layers;

/// <summary>An LSTM with an optional projection and clipping: "input.weight" [4N, I], "hidden.weight" [4N, P], "bias" [4N], "projection.weight" [P, N].</summary>
/// <remarks>See <see cref="Tensor.Lstm"/>. The gates are in the order i, f, g, o.</remarks>
public sealed class Lstm : Layer
{
    private readonly Parameter _input, _hidden, _bias;
    private readonly Parameter? _projection;
    private readonly float _cellLimit, _projectionLimit;

    /// <summary>Creates the layer.</summary>
    /// <param name="inputs">I</param>
    /// <param name="cells">N</param>
    /// <param name="projection">P; default none, so that the output has N values.</param>
    /// <param name="random">Where first values come from.</param>
    /// <param name="cellLimit">The cell is clipped to ± this. Default: not at all; bilm-tf has 3.</param>
    /// <param name="projectionLimit">The projected state is clipped to ± this. Default: not at all; bilm-tf has 3.</param>
    /// <param name="forgetBias">First value of the forget gate's bias. Default 1, as bilm-tf adds it.</param>
    public Lstm(int inputs, int cells, int? projection, RandomStreams random, float cellLimit = float.PositiveInfinity,
        float projectionLimit = float.PositiveInfinity, float forgetBias = 1)
    {
        (Cells, Outputs, _cellLimit, _projectionLimit) = (cells, projection ?? cells, cellLimit, projectionLimit);
        _input = Add("input.weight", new(4 * cells, inputs), Initializers.XavierUniform, random);
        _hidden = Add("hidden.weight", new(4 * cells, Outputs), Initializers.XavierUniform, random);
        _bias = Add("bias", new(4 * cells), (values, _, _) => values.Slice(cells, cells).Fill(forgetBias), random);
        if (projection is not null) _projection = Add("projection.weight", new(Outputs, cells), Initializers.XavierUniform, random);
    }

    /// <summary>N, the size of the cell.</summary>
    public int Cells { get; }

    /// <summary>P, or N without a projection: the size of the output.</summary>
    public int Outputs { get; }

    /// <param name="x">[T, B, I]</param>
    /// <param name="hidden">h before the first step, [B, P].</param>
    /// <param name="cell">c before the first step, [B, N].</param>
    /// <param name="lengths">Steps of each row. Default: all.</param>
    /// <returns>h of every step, [T, B, P], and the last states.</returns>
    public LstmResult Forward(Tensor x, Tensor hidden, Tensor cell, ReadOnlySpan<int> lengths = default) =>
        x.Lstm(_input, _hidden, _bias, _projection?.AsTensor(), hidden, cell, _cellLimit, _projectionLimit, lengths);
}
