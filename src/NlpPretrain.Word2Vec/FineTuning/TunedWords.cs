using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>The word vectors of a tuned model: the pretrained ones, or a copy that is trained.</summary>
internal sealed class TunedWords
{
    private readonly WordVectors _pretrained;

    public TunedWords(WordVectors pretrained, Word2VecTuningOptions options)
    {
        _pretrained = pretrained;
        Options = options;
        Values = options.TrainWordVectors ? Copy(pretrained.Vectors) : pretrained.Vectors;
    }

    public Word2VecTuningOptions Options { get; }

    /// <summary>One row a word, [V, D].</summary>
    public Matrix Values { get; }

    public int Dimensions => Values.Columns;

    public int IndexOf(ReadOnlySpan<char> word) => _pretrained.IndexOf(word);

    public WordVectors ToWordVectors() =>
        Options.TrainWordVectors ? new WordVectors(_pretrained.Words, Copy(Values), _pretrained.Counts) : _pretrained;

    private static Matrix Copy(Matrix source)
    {
        Matrix copy = new(source.Rows, source.Columns);
        source.Padded.CopyTo(copy.Padded);
        return copy;
    }
}
