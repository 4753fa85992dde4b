using System.Numerics.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>The rows of a text's known words.</summary>
/// <param name="Rows">Known words in order, with repetitions.</param>
/// <param name="WordCount">Number of words, known or not.</param>
internal readonly record struct EncodedText(int[] Rows, int WordCount);

/// <summary>Turns a text to one vector: the mean of its known words' vectors, weighted by option; zeros where no word is known.</summary>
internal sealed class TextEncoder
{
    private readonly IWordTokenizer _tokenizer;
    private readonly float[]? _weights;

    public TextEncoder(IWordTokenizer tokenizer, WordVectors pretrained, Word2VecTuningOptions options)
    {
        ArgumentNullException.ThrowIfNull(pretrained);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _tokenizer = tokenizer;
        _weights = options.FrequencySmoothing is { } a ? Weights(pretrained, a) : null;
        Words = new TunedWords(pretrained, options);
    }

    public TunedWords Words { get; }

    public int Dimensions => Words.Dimensions;

    public EncodedText Encode(string text)
    {
        WordBuffer buffer = new();
        _tokenizer.Tokenize(text, buffer);
        List<int> rows = new(buffer.Count);
        for (int k = 0; k < buffer.Count; k++)
        {
            if (Words.IndexOf(buffer[k]) is int row and >= 0) rows.Add(row);
        }

        return new EncodedText([.. rows], buffer.Count);
    }

    public EncodedText Encode(string? text, int example) => text is not null
        ? Encode(text)
        : throw new ArgumentException($"A text of example {example} is null; an empty text is allowed.");

    /// <summary>u = Σ w·v/n over the n known words.</summary>
    public void Forward(EncodedText text, Span<float> mean)
    {
        mean.Clear();
        foreach (int row in text.Rows) TensorPrimitives.MultiplyAdd(Words.Values[row], Share(text, row), mean, mean);
    }

    // ∂L/∂v = w/n·∂L/∂u.
    public void Backward(EncodedText text, ReadOnlySpan<float> meanGradient, RowGradients gradients)
    {
        foreach (int row in text.Rows)
        {
            Span<float> gradient = gradients[row];
            TensorPrimitives.MultiplyAdd(meanGradient, Share(text, row), gradient, gradient);
        }
    }

    private float Share(EncodedText text, int row) => (_weights is null ? 1 : _weights[row]) / text.Rows.Length;

    private static float[] Weights(WordVectors pretrained, double a)
    {
        IReadOnlyList<long> counts = pretrained.Counts
            ?? throw new ArgumentException("FrequencySmoothing needs the words' counts, and these word vectors have none " +
                "(WordVectors.Counts, Word2VecTuningOptions.FrequencySmoothing).", nameof(pretrained));
        double total = Math.Max(1, counts.Sum(static count => (double)count));
        return [.. counts.Select(count => (float)(a / (a + count / total)))];
    }
}
