using System.Numerics.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>The vectors of a sentence's words, from every layer.</summary>
public sealed class ElmoVectors
{
    private readonly float[] _values;

    internal ElmoVectors(IReadOnlyList<string> words, int layers, int width, float[] values) => (Words, Layers, Width, _values) = (words, layers, width, values);

    /// <summary>The words, without begin and end of the sentence.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>L, the layers: that of the tokens, and one for each LSTM.</summary>
    public int Layers { get; }

    /// <summary>2P, the size of a vector.</summary>
    public int Width { get; }

    /// <summary>All vectors, [L, T, 2P], as bilm-tf writes them.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The vector of one word.</summary>
    /// <param name="layer">0, which knows no context, to L − 1.</param>
    /// <param name="word">0 to T − 1.</param>
    /// <returns>[2P]</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or word.</exception>
    public ReadOnlySpan<float> this[int layer, int word]
    {
        get
        {
            if ((uint)word >= (uint)Words.Count) throw new ArgumentOutOfRangeException(nameof(word), word, $"Word {word} is not one of the sentence's {Words.Count}, counted from 0.");
            return Layer(layer).Slice(word * Width, Width);
        }
    }

    /// <summary>The vectors of one layer.</summary>
    /// <param name="layer">0, which knows no context, to L − 1.</param>
    /// <returns>[T, 2P]</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public ReadOnlySpan<float> Layer(int layer)
    {
        if ((uint)layer >= (uint)Layers) throw new ArgumentOutOfRangeException(nameof(layer), layer, $"Layer {layer} is not one of the {Layers}, counted from 0 for the tokens' own.");
        return _values.AsSpan(layer * Words.Count * Width, Words.Count * Width);
    }

    /// <summary>The vectors of the last layer, [T, 2P].</summary>
    public ReadOnlySpan<float> Top => Layer(Layers - 1);

    /// <summary>The mean of all layers.</summary>
    /// <returns>[T, 2P]</returns>
    public float[] Average()
    {
        float[] mean = Layer(0).ToArray();
        for (int layer = 1; layer < Layers; layer++) TensorPrimitives.Add(mean, Layer(layer), mean);
        TensorPrimitives.Multiply(mean, 1f / Layers, mean);
        return mean;
    }
}
