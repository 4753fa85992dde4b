using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Cross entropy of a text's class.</summary>
internal sealed class TextClassificationTask : FineTuningTask
{
    private readonly Word2VecTextClassifier _model;
    private readonly (EncodedText Text, int Label)[] _examples;
    private readonly Matrix _features;
    private readonly float[] _featureGradient, _scores, _scoreGradient;

    public TextClassificationTask(Word2VecTextClassifier model, IReadOnlyList<TextExample> examples)
        : base(model.Encoder.Words, model.Head)
    {
        _model = model;
        _examples = [.. examples.Select((example, index) => (model.Encoder.Encode(example?.Text, index), model.RequireLabel(example?.Label, index)))];
        (_features, _featureGradient) = (new Matrix(1, model.Head.Features), new float[model.Head.Features]);
        (_scores, _scoreGradient) = (new float[model.Head.Outputs], new float[model.Head.Outputs]);
    }

    public override int Count => _examples.Length;

    public override ExampleLoss Accumulate(int example)
    {
        (EncodedText text, int label) = _examples[example];
        _model.Encoder.Forward(text, _features[0]);
        _model.Head.Forward(_features, _scores);
        double loss = SoftmaxLoss.Compute(_scores, label, _scoreGradient);

        LinearHead.AddGradient(_features[0], _scoreGradient, HeadGradient);
        if (WordGradients is not null)
        {
            _model.Head.FeatureGradient(_scoreGradient, _featureGradient);
            _model.Encoder.Backward(text, _featureGradient, WordGradients);
        }

        return new ExampleLoss(loss, Targets: 1, text.WordCount);
    }
}
