using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>A tagger over word vectors. Safe for use from several threads while it is not trained.</summary>
/// <remarks>
/// p = softmax(W·[v₋₁, v₀, v₊₁, f] + b), with v the vectors of the previous, the current and the next word, zeros where there is no word or it has no vector,
/// and f eight features of the current word that are 0 or 1: unknown, capitalized, in capitals, with a digit, with a hyphen, without letters and digits, first, last.
/// A word is looked up as it is, and then in lower case.
/// </remarks>
public sealed class Word2VecTagger : ITagger
{
    internal const int Window = 3;
    private readonly LabelSet _labels;

    internal Word2VecTagger(TunedWords words, LinearHead head, LabelSet labels) => (Words, Head, _labels) = (words, head, labels);

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels.Names;

    internal TunedWords Words { get; }

    internal LinearHead Head { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A word is null or empty.</exception>
    public IReadOnlyList<string> Tag(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        int[] rows = Lookup(words, "the sentence");
        Matrix features = new(1, Head.Features);                       // [1, 3D + 8]
        float[] scores = new float[Head.Outputs];                      // [K]
        double[] probabilities = new double[Head.Outputs];
        string[] tags = new string[words.Count];
        for (int index = 0; index < tags.Length; index++)
        {
            WriteVectors(rows, index, features[0]);
            WordShape.Write(words, index, rows[index] >= 0, features[0][(Window * Words.Dimensions)..]);
            Head.Forward(features, scores);
            Softmax.Probabilities(scores, probabilities);
            tags[index] = _labels.Best(probabilities).Label;
        }

        return tags;
    }

    /// <summary>The word vectors of this model: the pretrained ones, or a copy of the trained ones.</summary>
    public WordVectors ToWordVectors() => Words.ToWordVectors();

    internal static int FeatureCount(int dimensions) => checked(Window * dimensions + WordShape.Count);

    internal int RequireLabel(string? label, int example) => _labels.Require(label, example);

    /// <summary>The row of each word, or -1.</summary>
    internal int[] Lookup(IReadOnlyList<string> words, string place)
    {
        int[] rows = new int[words.Count];
        for (int index = 0; index < rows.Length; index++)
        {
            string word = words[index];
            if (string.IsNullOrEmpty(word)) throw new ArgumentException($"Word {index} of {place} is empty; each word needs at least one character.", nameof(words));

            rows[index] = Words.IndexOf(word);
            if (rows[index] < 0) rows[index] = Words.IndexOf(word.ToLowerInvariant());
        }

        return rows;
    }

    internal void WriteVectors(ReadOnlySpan<int> rows, int index, Span<float> features)
    {
        int dimensions = Words.Dimensions;
        for (int place = 0; place < Window; place++)
        {
            Span<float> part = features.Slice(place * dimensions, dimensions);
            int neighbor = index + place - 1;
            if ((uint)neighbor < (uint)rows.Length && rows[neighbor] >= 0) Words.Values[rows[neighbor]].CopyTo(part);
            else part.Clear();
        }
    }
}
