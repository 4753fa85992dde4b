using System.Runtime.InteropServices;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>One text of each example of a batch; its memory is used again for the next ones.</summary>
/// <param name="config">The model's.</param>
internal sealed class ElmoTexts(ElmoConfig config)
{
    private readonly List<ElmoSequence> _sequences = [];
    private readonly List<int[]> _numbers = [];
    private readonly Tensor[] _layers = new Tensor[config.Layers + 1];
    private readonly ElmoBatch _batch = new(config);
    private int[] _places = [];

    /// <summary>Where the rows of <see cref="Layers"/> are.</summary>
    public TextRows Rows { get; } = new();

    /// <summary>All tokens, marks of sentences among them.</summary>
    public int Tokens { get; private set; }

    /// <summary>Takes one text of each example.</summary>
    /// <param name="encoded">The texts of all examples.</param>
    /// <param name="text">Which text of an example.</param>
    /// <param name="examples">The examples of the batch.</param>
    public void Fill(ElmoSequence[][] encoded, int text, ReadOnlySpan<int> examples)
    {
        _sequences.Clear();
        _numbers.Clear();
        Tokens = 0;
        foreach (int example in examples)
        {
            ElmoSequence sequence = encoded[example][text];
            _sequences.Add(sequence);
            _numbers.Add(sequence.Numbers);
            Tokens += sequence.Length;
        }

        Rows.Fill(CollectionsMarshal.AsSpan(_sequences));
    }

    /// <summary>The vectors that the head sees, from every layer of the model.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="model">The model.</param>
    /// <param name="keeps">Whether they are kept, and taken from there the next time; they are constants then.</param>
    /// <returns>The layers + 1 tensors [N, 2P].</returns>
    public ReadOnlySpan<Tensor> Layers(Pass pass, ElmoModel model, bool keeps)
    {
        int width = 2 * config.Projection;
        if (keeps && _sequences.TrueForAll(static sequence => sequence.IsKept))
        {
            for (int layer = 0; layer < _layers.Length; layer++) _layers[layer] = Kept(pass, layer, width);
            return _layers;
        }

        _batch.Fill(CollectionsMarshal.AsSpan(_numbers));
        model.AllLayers(pass, _batch, _layers);                                                  // [B, T, 2P] each
        ReadOnlySpan<int> places = Places(_batch.Shape[1]);
        for (int layer = 0; layer < _layers.Length; layer++) _layers[layer] = _layers[layer].GatherRows(places);
        if (keeps) Keep();
        return _layers;
    }

    private Tensor Kept(Pass pass, int layer, int width)
    {
        Tensor all = pass.Zeros(new(Rows.Count, width));
        Span<float> rest = all.Data;
        foreach (ElmoSequence sequence in _sequences)
        {
            ReadOnlySpan<float> values = sequence.Layer(layer, width);
            values.CopyTo(rest);
            rest = rest[values.Length..];
        }

        return all;
    }

    private void Keep()
    {
        int start = 0;
        foreach (ElmoSequence sequence in _sequences)
        {
            if (!sequence.IsKept) sequence.Keep(_layers, start);
            start += sequence.Places.Length;
        }
    }

    /// <summary>What the head sees, as rows of [B·T].</summary>
    private Span<int> Places(int time)
    {
        if (_places.Length < Rows.Count) _places = new int[Rows.Count];
        int next = 0;
        for (int row = 0; row < _sequences.Count; row++)
        {
            foreach (int place in _sequences[row].Places) _places[next++] = row * time + place;
        }

        return _places.AsSpan(0, next);
    }
}
