using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Cross entropy of a pair's class.</summary>
internal sealed class PairClassificationTask : FineTuningTask
{
    private readonly Word2VecPairClassifier _model;
    private readonly (EncodedText First, EncodedText Second, int Label)[] _examples;
    private readonly Matrix _features;
    private readonly float[] _u, _v, _uGradient, _vGradient, _featureGradient, _scores, _scoreGradient;

    public PairClassificationTask(Word2VecPairClassifier model, IReadOnlyList<PairExample> examples)
        : base(model.Encoder.Words, model.Head)
    {
        _model = model;
        _examples = [.. examples.Select((example, index) =>
            (model.Encoder.Encode(example?.First, index), model.Encoder.Encode(example?.Second, index), model.RequireLabel(example?.Label, index)))];
        int dimensions = model.Encoder.Dimensions;
        (_u, _v, _uGradient, _vGradient) = (new float[dimensions], new float[dimensions], new float[dimensions], new float[dimensions]);
        (_features, _featureGradient) = (new Matrix(1, model.Head.Features), new float[model.Head.Features]);
        (_scores, _scoreGradient) = (new float[model.Head.Outputs], new float[model.Head.Outputs]);
    }

    public override int Count => _examples.Length;

    public override ExampleLoss Accumulate(int example)
    {
        (EncodedText first, EncodedText second, int label) = _examples[example];
        _model.Encoder.Forward(first, _u);
        _model.Encoder.Forward(second, _v);
        PairFeatures.Forward(_u, _v, _features[0]);
        _model.Head.Forward(_features, _scores);
        double loss = SoftmaxLoss.Compute(_scores, label, _scoreGradient);

        LinearHead.AddGradient(_features[0], _scoreGradient, HeadGradient);
        if (WordGradients is not null)
        {
            _model.Head.FeatureGradient(_scoreGradient, _featureGradient);
            PairFeatures.Backward(_u, _v, _featureGradient, _uGradient, _vGradient);
            _model.Encoder.Backward(first, _uGradient, WordGradients);
            _model.Encoder.Backward(second, _vGradient, WordGradients);
        }

        return new ExampleLoss(loss, Targets: 1, first.WordCount + second.WordCount);
    }
}
