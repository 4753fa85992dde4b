using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>A classifier of pairs of texts over word vectors. Safe for use from several threads while it is not trained.</summary>
/// <remarks>p = softmax(W·[u, v, |u − v|, u ⊙ v] + b), with u and v the texts' mean vectors. A text without a known word is zeros.</remarks>
public sealed class Word2VecPairClassifier : IPairClassifier
{
    private readonly LabelSet _labels;

    internal Word2VecPairClassifier(TextEncoder encoder, LinearHead head, LabelSet labels) => (Encoder, Head, _labels) = (encoder, head, labels);

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    internal TextEncoder Encoder { get; }

    internal LinearHead Head { get; }

    /// <inheritdoc/>
    public Prediction Classify(string first, string second) => _labels.Best(Compute(first, second));

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="first">The premise, or the first text.</param>
    /// <param name="second">The hypothesis, or the second text.</param>
    public IReadOnlyList<Prediction> Probabilities(string first, string second) => _labels.All(Compute(first, second));

    /// <summary>The word vectors of this model: the pretrained ones, or a copy of the trained ones.</summary>
    public WordVectors ToWordVectors() => Encoder.Words.ToWordVectors();

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private double[] Compute(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        float[] u = new float[Encoder.Dimensions], v = new float[Encoder.Dimensions];
        Encoder.Forward(Encoder.Encode(first), u);
        Encoder.Forward(Encoder.Encode(second), v);
        Matrix features = new(1, Head.Features);                       // [1, 4D]
        PairFeatures.Forward(u, v, features[0]);
        float[] scores = new float[Head.Outputs];                      // [K]
        Head.Forward(features, scores);
        double[] probabilities = new double[Head.Outputs];
        Softmax.Probabilities(scores, probabilities);
        return probabilities;
    }
}
