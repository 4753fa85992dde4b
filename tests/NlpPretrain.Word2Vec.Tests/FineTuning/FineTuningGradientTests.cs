using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec.Tests.FineTuning;

/// <summary>The gradients of every head, against central differences of a plain reference in double.</summary>
public sealed class FineTuningGradientTests
{
    private const double Offset = 1e-5;

    private static readonly string[] Labels = ["a", "b", "c"];

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 0.01)]
    public void Text_classification(bool trained, double? smoothing)
    {
        TextExample[] examples = [new("good the good unseen", "a"), new("bad run", "c"), new("unseen", "b"), new("", "b"), new("fine dull poor", "b")];
        Word2VecTextClassification tuner = new(ToyWords.Tokenizer, Labels) { Tuning = new() { TrainWordVectors = trained, FrequencySmoothing = smoothing } };
        WordVectors words = ToyWords.Create();
        Word2VecTextClassifier tuned = tuner.CreateTuned(words, 3);

        Check(tuned.Head, tuned.Encoder.Words, new TextClassificationTask(tuned, examples), 1, (w, b, v) =>
            examples.Sum(one => CrossEntropy(w, b, Mean(words, v, one.Text, smoothing), Array.IndexOf(Labels, one.Label))));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 0.01)]
    public void Pair_classification(bool trained, double? smoothing)
    {
        PairExample[] examples = [new("good the good", "bad unseen", "a"), new("to run", "to walk", "c"), new("fine", "unseen", "b"), new("", "dull", "b")];
        Word2VecPairClassification tuner = new(ToyWords.Tokenizer, Labels) { Tuning = new() { TrainWordVectors = trained, FrequencySmoothing = smoothing } };
        WordVectors words = ToyWords.Create();
        Word2VecPairClassifier tuned = tuner.CreateTuned(words, 3);

        Check(tuned.Head, tuned.Encoder.Words, new PairClassificationTask(tuned, examples), 1, (w, b, vectors) => examples.Sum(one =>
        {
            double[] u = Mean(words, vectors, one.First, smoothing), v = Mean(words, vectors, one.Second, smoothing);
            double[] features = [.. u, .. v, .. u.Zip(v, (x, y) => Math.Abs(x - y)), .. u.Zip(v, (x, y) => x * y)];
            return CrossEntropy(w, b, features, Array.IndexOf(Labels, one.Label));
        }));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 0.01)]
    public void Graded_similarity(bool trained, double? smoothing)
    {
        ScoredPairExample[] examples = [new("good the good", "bad unseen", 1), new("to run", "to walk", 4), new("fine", "unseen", 2.5), new("", "dull", 0)];
        Word2VecSimilarity tuner = new(ToyWords.Tokenizer) { Tuning = new() { TrainWordVectors = trained, FrequencySmoothing = smoothing } };
        WordVectors words = ToyWords.Create();
        Word2VecSimilarityScorer tuned = tuner.CreateTuned(words, 3);
        double mean = examples.Average(one => one.Score), variance = examples.Average(one => Math.Pow(one.Score - mean, 2));

        Check(tuned.Head, tuned.Encoder.Words, new SimilarityTask(tuned, examples), variance, (w, b, vectors) => examples.Sum(one =>
        {
            double[] u = Mean(words, vectors, one.First, smoothing), v = Mean(words, vectors, one.Second, smoothing);
            double norms = Math.Sqrt(u.Sum(x => x * x) * v.Sum(x => x * x));
            double cosine = norms == 0 ? 0 : u.Zip(v, (x, y) => x * y).Sum() / norms;
            double[] features = [.. u.Zip(v, (x, y) => Math.Abs(x - y)), .. u.Zip(v, (x, y) => x * y), cosine];
            double score = mean + Math.Sqrt(variance) * (b[0] + w[0].Zip(features, (x, y) => x * y).Sum());
            return Math.Pow(score - one.Score, 2);
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tagging(bool trained)
    {
        TaggedExample[] examples = [new(["The", "good", "X-1", "run"], ["a", "b", "c", "a"]), new(["run"], ["c"]), new(["to", "to", "?"], ["a", "b", "c"])];
        double[][][] shapes =                                          // unknown, capital, capitals, digit, hyphen, no letter or digit, first, last
        [
            [[0, 1, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1]],
            [[0, 0, 0, 0, 0, 0, 1, 1]],
            [[0, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 1, 0, 1]],
        ];
        WordVectors words = ToyWords.Create();
        Word2VecTagger tuned = new Word2VecTagging(Labels) { Tuning = new() { TrainWordVectors = trained } }.CreateTuned(words, 3);

        Check(tuned.Head, tuned.Words, new TaggingTask(tuned, examples), 1, (w, b, v) =>
        {
            double sum = 0;
            for (int sentence = 0; sentence < examples.Length; sentence++)
            {
                IReadOnlyList<string> text = examples[sentence].Words;
                for (int t = 0; t < text.Count; t++)
                {
                    double[] features = [.. Vector(text, t - 1), .. Vector(text, t), .. Vector(text, t + 1), .. shapes[sentence][t]];
                    sum += CrossEntropy(w, b, features, Array.IndexOf(Labels, examples[sentence].Tags[t]));
                }
            }

            return sum;

            double[] Vector(IReadOnlyList<string> text, int t) =>
                t >= 0 && t < text.Count && words.IndexOf(text[t].ToLowerInvariant()) is int row and >= 0 ? v[row] : new double[ToyWords.Dimensions];
        });
    }

    private static void Check(LinearHead head, TunedWords words, FineTuningTask task, double scale, Func<double[][], double[], double[][], double> loss)
    {
        double[][] w = [.. Enumerable.Range(0, head.Outputs).Select(row => Widen(head.Weights[row]))];
        double[] b = [.. head.Bias.Select(value => (double)value)];
        double[][] v = [.. Enumerable.Range(0, words.Values.Rows).Select(row => Widen(words.Values[row]))];

        double sum = Enumerable.Range(0, task.Count).Sum(example => task.Accumulate(example).Loss);
        sum.Should().BeApproximately(loss(w, b, v), 1e-5);
        for (int output = 0; output < head.Outputs; output++) Compare(w[output], task.HeadGradient.Weights[output].ToArray(), $"W[{output}]");
        Compare(b, task.HeadGradient.Bias, "b");
        (task.WordGradients is not null).Should().Be(words.Options.TrainWordVectors);
        for (int row = 0; task.WordGradients is not null && row < v.Length; row++) Compare(v[row], task.WordGradients[row].ToArray(), $"v[{row}]");

        void Compare(double[] values, float[] gradient, string name)
        {
            for (int k = 0; k < values.Length; k++)
            {
                double value = values[k];
                values[k] = value + Offset;
                double above = loss(w, b, v);
                values[k] = value - Offset;
                double below = loss(w, b, v);
                values[k] = value;
                double expected = (above - below) / (2 * Offset) / scale;
                ((double)gradient[k]).Should().BeApproximately(expected, 1e-5 * (1 + Math.Abs(expected)), $"{name}[{k}]");
            }
        }
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int k = 0; k < wide.Length; k++) wide[k] = values[k];
        return wide;
    }

    private static double[] Mean(WordVectors words, double[][] v, string text, double? smoothing)
    {
        int[] rows = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(words.IndexOf).Where(row => row >= 0)];
        double total = words.Counts!.Sum();
        double[] mean = new double[ToyWords.Dimensions];
        foreach (int row in rows)
        {
            double weight = smoothing is { } a ? a / (a + words.Counts![row] / total) : 1;
            for (int k = 0; k < mean.Length; k++) mean[k] += weight * v[row][k] / rows.Length;
        }

        return mean;
    }

    private static double CrossEntropy(double[][] w, double[] b, double[] features, int label)
    {
        double[] scores = [.. w.Select((row, k) => b[k] + row.Zip(features, (x, y) => x * y).Sum())];
        return Math.Log(scores.Sum(Math.Exp)) - scores[label];
    }
}
