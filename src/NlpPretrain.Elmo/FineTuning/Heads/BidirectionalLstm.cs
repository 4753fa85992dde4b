using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>An LSTM in each direction over texts of different lengths: "forward" and "backward".</summary>
internal sealed class BidirectionalLstm : Layer
{
    private readonly Lstm _forward, _backward;

    /// <param name="inputs">I</param>
    /// <param name="cells">H</param>
    /// <param name="random">Where first values come from.</param>
    public BidirectionalLstm(int inputs, int cells, RandomStreams random)
    {
        _forward = Add("forward", new Lstm(inputs, cells, projection: null, random));
        _backward = Add("backward", new Lstm(inputs, cells, projection: null, random));
    }

    /// <param name="x">[N, I]</param>
    /// <param name="rows">The texts that the rows are of.</param>
    /// <returns>[N, 2H], forward beside backward.</returns>
    public Tensor Forward(Tensor x, TextRows rows) =>
        Read(x, rows, _forward, ElmoDirection.Forward).Concatenate(Read(x, rows, _backward, ElmoDirection.Backward));

    private static Tensor Read(Tensor x, TextRows rows, Lstm lstm, ElmoDirection direction)
    {
        Tensor inReading = x.GatherRows(rows.InReading(direction)).Reshape(new(rows.Time, rows.Texts, x.Shape.Columns));         // [T, B, I]
        Tensor none = x.Pass.Zeros(new(rows.Texts, lstm.Cells));                                                               // [B, H]
        return lstm.Forward(inReading, none, none).Output.GatherRows(rows.FromReading(direction));                             // [N, H]: padding is read last
    }
}
