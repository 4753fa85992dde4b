using NlpPretrain.Elmo;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>An ELMo in libtorch, over weights by the names of <see cref="ElmoModel"/>.</summary>
/// <param name="config">The sizes; both limits are one.</param>
/// <param name="weights">The weights.</param>
/// <param name="prefix">What stands before the model's names.</param>
internal sealed class TorchElmo(ElmoConfig config, IReadOnlyDictionary<string, Tensor> weights, string prefix = "")
{
    private readonly TorchCharacters? _characters = config.Characters is { } characters ? new(characters, weights, prefix + "tokens.") : null;

    /// <summary>The mean cross entropy of one direction.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="ids">What the direction reads, [B, T].</param>
    /// <param name="targets">What it predicts, [B, T].</param>
    /// <param name="states">What it knows before, and receives what it knows after.</param>
    public Tensor Loss(ElmoDirection direction, Tensor ids, Tensor targets, TorchElmoStates states)
    {
        Tensor x = weights[prefix + "tokens.words.weight"].index_select(0, ids.t().reshape(-1)).view(ids.shape[1], ids.shape[0], config.Projection);   // [T, B, P]
        for (int layer = 0; layer < config.Layers; layer++)
        {
            (Tensor hidden, Tensor cell) = states[direction, layer];
            (Tensor output, hidden, cell) = TorchLstmLayer.Step(x, weights, NameOf(direction, layer), hidden, cell, config.CellLimit);
            states[direction, layer] = (hidden, cell);
            x = Join(layer, x, output);
        }

        return functional.cross_entropy(functional.linear(x.reshape(-1, config.Projection), weights["softmax.weight"], weights["softmax.bias"]), targets.t().reshape(-1));
    }

    /// <summary>The vectors of all tokens, from the token layer and from every LSTM, without states.</summary>
    /// <param name="batch">The sentences.</param>
    /// <param name="isStepped">Whether the LSTMs are stepped by hand, not libtorch's own.</param>
    /// <returns>[B, T, 2P] each.</returns>
    public Tensor[] AllLayers(TorchElmoBatch batch, bool isStepped)
    {
        (long sequences, long time, long width) = (batch.Tokens.shape[0], batch.Tokens.shape[1], config.Projection);
        Tensor words = _characters is null ? weights[prefix + "tokens.words.weight"] : _characters.Words(batch.Characters!);
        Tensor tokens = words.index_select(0, batch.Tokens.view(-1)).view(sequences, time, width);                                   // [B, T, P]
        Tensor[] forward = Read(ElmoDirection.Forward, tokens.transpose(0, 1).contiguous());
        Tensor[] backward = Read(ElmoDirection.Backward, tokens.view(-1, width).index_select(0, batch.Turned).view(time, sequences, width));
        return
        [
            cat([tokens, tokens], -1),
            .. forward.Zip(backward, (left, right) => cat([left.transpose(0, 1), right.view(-1, width).index_select(0, batch.TurnedBack).view(sequences, time, width)], -1)),
        ];

        Tensor[] Read(ElmoDirection direction, Tensor x)
        {
            Tensor[] layers = new Tensor[config.Layers];
            for (int layer = 0; layer < layers.Length; layer++)
            {
                Tensor output = isStepped ? TorchLstmLayer.Step(x, weights, NameOf(direction, layer), zeros(sequences, width), zeros(sequences, config.Cells), config.CellLimit).Output
                    : TorchLstmLayer.Own(x, weights, NameOf(direction, layer));
                x = layers[layer] = Join(layer, x, output);                                                                          // [T, B, P]
            }

            return layers;
        }
    }

    private static Tensor Join(int layer, Tensor x, Tensor output) => layer > 0 ? x + output : output;

    private string NameOf(ElmoDirection direction, int layer) => $"{prefix}{(direction == ElmoDirection.Forward ? "forward" : "backward")}.{layer}.";
}

/// <summary>The states of both directions' LSTMs: no gradient goes through them.</summary>
internal sealed class TorchElmoStates
{
    private readonly (Tensor Hidden, Tensor Cell)[,] _states;

    public TorchElmoStates(ElmoConfig config, int sequences)
    {
        _states = new (Tensor, Tensor)[2, config.Layers];
        for (int i = 0; i < _states.Length; i++) _states[i / config.Layers, i % config.Layers] = (zeros(sequences, config.Projection), zeros(sequences, config.Cells));
    }

    public (Tensor Hidden, Tensor Cell) this[ElmoDirection direction, int layer]
    {
        get => _states[(int)direction, layer];
        set
        {
            _states[(int)direction, layer].Hidden.Dispose();
            _states[(int)direction, layer].Cell.Dispose();
            _states[(int)direction, layer] = (value.Hidden.detach().MoveToOuterDisposeScope(), value.Cell.detach().MoveToOuterDisposeScope());
        }
    }
}
