using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Squared error of a pair's score; the gradients are those of the error in standard deviations.</summary>
internal sealed class SimilarityTask : FineTuningTask
{
    private const double Limit = 1e30;

    private readonly Word2VecSimilarityScorer _model;
    private readonly (EncodedText First, EncodedText Second, double Score)[] _examples;
    private readonly double _mean, _deviation;
    private readonly Matrix _features;
    private readonly float[] _u, _v, _uGradient, _vGradient, _featureGradient;

    public SimilarityTask(Word2VecSimilarityScorer model, IReadOnlyList<ScoredPairExample> examples)
        : base(model.Encoder.Words, model.Head)
    {
        _model = model;
        _examples = [.. examples.Select((example, index) =>
            (model.Encoder.Encode(example?.First, index), model.Encoder.Encode(example?.Second, index), Require(example!.Score, index)))];
        int dimensions = model.Encoder.Dimensions;
        (_u, _v, _uGradient, _vGradient) = (new float[dimensions], new float[dimensions], new float[dimensions], new float[dimensions]);
        (_features, _featureGradient) = (new Matrix(1, model.Head.Features), new float[model.Head.Features]);
        if (_examples.Length > 0) model.Scale ??= ScaleOf(_examples);
        (_mean, _deviation) = model.Scale ?? (0, 1);
    }

    public override int Count => _examples.Length;

    // L = (s − t)², ∂L/∂s = 2·(s − t).
    public override ExampleLoss Accumulate(int example)
    {
        (EncodedText first, EncodedText second, double target) = _examples[example];
        _model.Encoder.Forward(first, _u);
        _model.Encoder.Forward(second, _v);
        SimilarityFeatures.Forward(_u, _v, _features[0]);
        Span<float> score = stackalloc float[1];
        _model.Head.Forward(_features, score);
        double error = score[0] - (target - _mean) / _deviation;

        ReadOnlySpan<float> scoreGradient = [(float)(2 * error)];
        LinearHead.AddGradient(_features[0], scoreGradient, HeadGradient);
        if (WordGradients is not null)
        {
            _model.Head.FeatureGradient(scoreGradient, _featureGradient);
            SimilarityFeatures.Backward(_u, _v, _featureGradient, _uGradient, _vGradient);
            _model.Encoder.Backward(first, _uGradient, WordGradients);
            _model.Encoder.Backward(second, _vGradient, WordGradients);
        }

        return new ExampleLoss(error * _deviation * (error * _deviation), Targets: 1, first.WordCount + second.WordCount);
    }

    private static (double Mean, double Deviation) ScaleOf((EncodedText, EncodedText, double Score)[] examples)
    {
        double mean = 0, squares = 0;
        foreach ((_, _, double score) in examples) mean += score / examples.Length;
        foreach ((_, _, double score) in examples) squares += (score - mean) * (score - mean) / examples.Length;
        return (mean, squares > 0 ? Math.Sqrt(squares) : 1);
    }

    private static double Require(double score, int example) => Math.Abs(score) <= Limit
        ? score
        : throw new ArgumentException(FormattableString.Invariant($"Example {example} has the score {score}; a score must be finite and within ±{Limit} (ScoredPairExample.Score)."));
}
