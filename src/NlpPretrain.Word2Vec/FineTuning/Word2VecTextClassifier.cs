using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>A text classifier over word vectors. Safe for use from several threads while it is not trained.</summary>
/// <remarks>p = softmax(W·u + b), with u the text's mean vector. A text without a known word has u = 0.</remarks>
public sealed class Word2VecTextClassifier : ITextClassifier
{
    private readonly LabelSet _labels;

    internal Word2VecTextClassifier(TextEncoder encoder, LinearHead head, LabelSet labels) => (Encoder, Head, _labels) = (encoder, head, labels);

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    internal TextEncoder Encoder { get; }

    internal LinearHead Head { get; }

    /// <inheritdoc/>
    public Prediction Classify(string text) => _labels.Best(Compute(text));

    /// <summary>Every class with its probability, in the order of <see cref="Labels"/>.</summary>
    /// <param name="text">The text.</param>
    public IReadOnlyList<Prediction> Probabilities(string text) => _labels.All(Compute(text));

    /// <summary>The word vectors of this model: the pretrained ones, or a copy of the trained ones.</summary>
    public WordVectors ToWordVectors() => Encoder.Words.ToWordVectors();

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    private double[] Compute(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Matrix features = new(1, Head.Features);                       // [1, D]
        Encoder.Forward(Encoder.Encode(text), features[0]);
        float[] scores = new float[Head.Outputs];                      // [K]
        Head.Forward(features, scores);
        double[] probabilities = new double[Head.Outputs];
        Softmax.Probabilities(scores, probabilities);
        return probabilities;
    }
}
