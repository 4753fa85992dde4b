namespace NlpPretrain.Elmo;

/// <summary>The states of both directions' LSTMs, to carry from one part of a text to its next: zeros at first.</summary>
/// <remarks>They are values of no pass: gradients stop here, which truncates back-propagation through time.</remarks>
public sealed class ElmoStates
{
    private readonly float[][] _hidden, _cells;
    private readonly int _layers, _projection, _cellCount;

    /// <summary>Creates states of zeros.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="sequences">B, the sequences of a batch, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than one sequence.</exception>
    public ElmoStates(ElmoConfig config, int sequences)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (sequences < 1) throw new ArgumentOutOfRangeException(nameof(sequences), sequences, $"States of {sequences} sequences were asked for; there is at least one.");
        (Sequences, _layers, _projection, _cellCount) = (sequences, config.Layers, config.Projection, config.Cells);
        _hidden = Create(config.Projection);
        _cells = Create(config.Cells);

        float[][] Create(int width) => [.. Enumerable.Range(0, 2 * config.Layers).Select(_ => new float[sequences * width])];
    }

    /// <summary>B</summary>
    public int Sequences { get; }

    /// <summary>h of one LSTM after the last token that its direction read, [B, P].</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="layer">0 to layers − 1, from below.</param>
    public Span<float> Hidden(ElmoDirection direction, int layer) => _hidden[IndexOf(direction, layer)];

    /// <summary>c of one LSTM after the last token that its direction read, [B, N].</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="layer">0 to layers − 1, from below.</param>
    public Span<float> Cells(ElmoDirection direction, int layer) => _cells[IndexOf(direction, layer)];

    /// <summary>Sets all to zeros, as at the begin of a text.</summary>
    public void Clear()
    {
        foreach (float[] values in _hidden) Array.Clear(values);
        foreach (float[] values in _cells) Array.Clear(values);
    }

    /// <summary>Sets those of one sequence to zeros.</summary>
    /// <param name="sequence">0 to <see cref="Sequences"/> − 1.</param>
    public void Clear(int sequence)
    {
        if ((uint)sequence >= (uint)Sequences) throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"Sequence {sequence} is not one of the {Sequences}, counted from 0.");
        foreach (float[] values in _hidden) values.AsSpan(sequence * _projection, _projection).Clear();
        foreach (float[] values in _cells) values.AsSpan(sequence * _cellCount, _cellCount).Clear();
    }

    /// <summary>Checks that these are states of a model, for a batch.</summary>
    internal void Require(ElmoConfig config, int sequences)
    {
        if (_layers != config.Layers || _projection != config.Projection || _cellCount != config.Cells)
        {
            throw new ArgumentException($"The states are of {_layers} layers with {_cellCount} cells and projection {_projection}; the model has {config.Layers}, {config.Cells} and {config.Projection}. " +
                "Create them with the model's config (ElmoModel.Config).");
        }

        if (Sequences != sequences) throw new ArgumentException($"The states are of {Sequences} sequences and the batch has {sequences}; states belong to a batch of their size (ElmoStates.Sequences).");
    }

    private int IndexOf(ElmoDirection direction, int layer)
    {
        if ((uint)layer >= (uint)_layers) throw new ArgumentOutOfRangeException(nameof(layer), layer, $"Layer {layer} is not one of the model's {_layers}, counted from 0.");
        return (direction == ElmoDirection.Forward ? 0 : _layers) + layer;
    }
}
