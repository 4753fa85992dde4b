using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>The LSTMs of one direction, one over the other: "0.input.weight", "0.hidden.weight", "0.bias", "0.projection.weight", "1.input.weight" ...</summary>
/// <remarks>
/// <para>xⱼ = LSTMⱼ(xⱼ₋₁), and with skip connections xⱼ = xⱼ₋₁ + LSTMⱼ(xⱼ₋₁) for all but the first.</para>
/// <para>Source: Peters et al. 2018, section 3.4; that the first has no skip connection, from bilm-tf.</para>
/// </remarks>
public sealed class ElmoStack : Layer
{
    private readonly Lstm[] _lstms;
    private readonly ElmoDirection _direction;
    private readonly bool _hasSkipConnections;
    private readonly float _dropout;

    /// <summary>Creates the LSTMs.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="direction">Which way they read.</param>
    /// <param name="random">Where first values come from.</param>
    public ElmoStack(ElmoConfig config, ElmoDirection direction, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_direction, _hasSkipConnections, _dropout) = (direction, config.HasSkipConnections, config.Dropout);
        _lstms = new Lstm[config.Layers];
        int? projection = config.HasProjection ? config.Projection : null;
        for (int i = 0; i < _lstms.Length; i++) _lstms[i] = Add($"{i}", new Lstm(config.Projection, config.Cells, projection, random, config.CellLimit, config.ProjectionLimit));
    }

    /// <summary>Reads tokens in the order of its direction.</summary>
    /// <param name="x">[T, B, P], the first token that the direction reads first.</param>
    /// <param name="lengths">Tokens of each sequence, [B]; empty: all have T.</param>
    /// <param name="states">What it knows of the tokens before, and receives what it knows of these; null: nothing, and none.</param>
    /// <param name="layers">Receives the outputs of all LSTMs, [T, B, P] each; or empty.</param>
    /// <returns>The output of the last LSTM, [T, B, P].</returns>
    public Tensor Forward(Tensor x, ReadOnlySpan<int> lengths = default, ElmoStates? states = null, Span<Tensor> layers = default)
    {
        (Pass pass, int batch) = (x.Pass, x.Shape[1]);
        for (int i = 0; i < _lstms.Length; i++)
        {
            Lstm lstm = _lstms[i];
            (Shape hidden, Shape cells) = (new(batch, lstm.Outputs), new(batch, lstm.Cells));
            x = x.Dropout(_dropout);
            LstmResult result = states is null
                ? lstm.Forward(x, pass.Zeros(hidden), pass.Zeros(cells), lengths)
                : lstm.Forward(x, pass.Copy(states.Hidden(_direction, i), hidden), pass.Copy(states.Cells(_direction, i), cells), lengths);
            if (states is not null)
            {
                result.Hidden.Data.CopyTo(states.Hidden(_direction, i));
                result.Cell.Data.CopyTo(states.Cells(_direction, i));
            }

            x = _hasSkipConnections && i > 0 ? x + result.Output : result.Output;                // [T, B, P]
            if (!layers.IsEmpty) layers[i] = x;
        }

        return x;
    }
}
