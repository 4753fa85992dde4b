using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>Grades how similar two texts are, over word vectors. Safe for use from several threads while it is not trained.</summary>
/// <remarks>
/// score = m + s·(w·[|u − v|, u ⊙ v, cos(u, v)] + b), with u and v the texts' mean vectors, and m and s the mean and the standard deviation of the scores
/// that it was first tuned on, so that the learning rate means the same on any scale. It gives either order of two texts the same score.
/// </remarks>
public sealed class Word2VecSimilarityScorer : ISimilarityScorer
{
    internal Word2VecSimilarityScorer(TextEncoder encoder, LinearHead head) => (Encoder, Head) = (encoder, head);

    internal TextEncoder Encoder { get; }

    internal LinearHead Head { get; }

    /// <summary>m and s, or null before the first run.</summary>
    internal (double Mean, double Deviation)? Scale { get; set; }

    /// <inheritdoc/>
    public double Score(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        float[] u = new float[Encoder.Dimensions], v = new float[Encoder.Dimensions];
        Encoder.Forward(Encoder.Encode(first), u);
        Encoder.Forward(Encoder.Encode(second), v);
        Matrix features = new(1, Head.Features);                       // [1, 2D + 1]
        SimilarityFeatures.Forward(u, v, features[0]);
        Span<float> score = stackalloc float[1];
        Head.Forward(features, score);
        (double mean, double deviation) = Scale ?? (0, 1);
        return mean + deviation * score[0];
    }

    /// <summary>The word vectors of this model: the pretrained ones, or a copy of the trained ones.</summary>
    public WordVectors ToWordVectors() => Encoder.Words.ToWordVectors();
}
