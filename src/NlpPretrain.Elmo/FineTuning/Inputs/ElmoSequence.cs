using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>A text as the model reads it.</summary>
/// <param name="numbers">The numbers of its tokens, marks of sentences among them.</param>
/// <param name="length">T, how many tokens these are.</param>
/// <param name="places">The tokens whose vectors the head sees, in order; at least one.</param>
internal sealed class ElmoSequence(int[] numbers, int length, int[] places)
{
    private float[]? _layers;

    public int[] Numbers => numbers;

    public int Length => length;

    public int[] Places => places;

    /// <summary>Whether <see cref="Keep"/> was called.</summary>
    public bool IsKept => _layers is not null;

    /// <summary>The kept vectors of one layer, [places, 2P].</summary>
    public ReadOnlySpan<float> Layer(int layer, int width) => _layers.AsSpan(layer * places.Length * width, places.Length * width);

    /// <summary>Keeps the vectors that its head sees, of every layer.</summary>
    /// <param name="layers">[N, 2P] each.</param>
    /// <param name="start">The first of its rows.</param>
    public void Keep(ReadOnlySpan<Tensor> layers, int start)
    {
        int width = layers[0].Shape.Columns, size = places.Length * width;
        _layers = new float[layers.Length * size];
        for (int i = 0; i < layers.Length; i++) layers[i].Data.Slice(start * width, size).CopyTo(_layers.AsSpan(i * size));
    }
}
