using System.Numerics.Tensors;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Cross entropy of each word's tag.</summary>
internal sealed class TaggingTask : FineTuningTask
{
    private readonly Word2VecTagger _model;
    private readonly Sentence[] _examples;
    private readonly Matrix _features;
    private readonly float[] _featureGradient, _scores, _scoreGradient;

    public TaggingTask(Word2VecTagger model, IReadOnlyList<TaggedExample> examples)
        : base(model.Words, model.Head)
    {
        _model = model;
        _examples = [.. examples.Select(Encode)];
        (_features, _featureGradient) = (new Matrix(1, model.Head.Features), new float[model.Head.Features]);
        (_scores, _scoreGradient) = (new float[model.Head.Outputs], new float[model.Head.Outputs]);
    }

    public override int Count => _examples.Length;

    public override ExampleLoss Accumulate(int example)
    {
        Sentence sentence = _examples[example];
        double loss = 0;
        for (int index = 0; index < sentence.Rows.Length; index++)
        {
            _model.WriteVectors(sentence.Rows, index, _features[0]);
            sentence.Shapes.AsSpan(index * WordShape.Count, WordShape.Count).CopyTo(_features[0][(Word2VecTagger.Window * _model.Words.Dimensions)..]);
            _model.Head.Forward(_features, _scores);
            loss += SoftmaxLoss.Compute(_scores, sentence.Tags[index], _scoreGradient);

            LinearHead.AddGradient(_features[0], _scoreGradient, HeadGradient);
            if (WordGradients is not null) AddWordGradients(sentence.Rows, index, WordGradients);
        }

        return new ExampleLoss(loss, sentence.Rows.Length, sentence.Rows.Length);
    }

    private void AddWordGradients(int[] rows, int index, RowGradients gradients)
    {
        _model.Head.FeatureGradient(_scoreGradient, _featureGradient);
        int dimensions = _model.Words.Dimensions;
        for (int place = 0; place < Word2VecTagger.Window; place++)
        {
            int neighbor = index + place - 1;
            if ((uint)neighbor >= (uint)rows.Length || rows[neighbor] < 0) continue;

            Span<float> gradient = gradients[rows[neighbor]];
            TensorPrimitives.Add(gradient, _featureGradient.AsSpan(place * dimensions, dimensions), gradient);
        }
    }

    private Sentence Encode(TaggedExample example, int index)
    {
        if (example?.Words is not { Count: > 0 } words) throw new ArgumentException($"Example {index} has no words; each needs at least one (TaggedExample.Words).");
        if (example.Tags?.Count != words.Count)
            throw new ArgumentException($"Example {index} has {words.Count} words and {example.Tags?.Count ?? 0} tags; each word needs one tag (TaggedExample.Tags).");

        int[] rows = _model.Lookup(words, $"example {index}");
        float[] shapes = new float[words.Count * WordShape.Count];
        for (int word = 0; word < rows.Length; word++) WordShape.Write(words, word, rows[word] >= 0, shapes.AsSpan(word * WordShape.Count));
        return new Sentence(rows, shapes, [.. example.Tags.Select(tag => _model.RequireLabel(tag, index))]);
    }

    private sealed record Sentence(int[] Rows, float[] Shapes, int[] Tags);
}
