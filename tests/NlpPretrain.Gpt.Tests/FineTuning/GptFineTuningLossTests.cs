using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

/// <summary>The losses and the head's gradients against plain loops in double precision.</summary>
public sealed class GptFineTuningLossTests
{
    private static readonly GptModel Pretrained = new(ToyTasks.WithoutDropout, 3);
    private static readonly TrainingOptions Options = new() { BatchSize = 6 };

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    [InlineData(2)]
    public void Classification(double weight)
    {
        GptTuningOptions tuning = Tuning(weight);
        GptTextClassifier model = new GptTextClassification(ToyTasks.Tokenizer, ["no", "yes"]) { Tuning = tuning }.CreateTuned(Pretrained, 1);
        int[][][] encoded = [.. ToyTexts.Texts(6).Select(example => (int[][])[model.Tuned.Inputs.Text(example.Text)])];
        Check(model.Tuned, new ClassificationTask(model.Tuned, encoded, [1, 0, 1, 0, 1, 0], tuning, Options, model.Save), encoded, weight,
            scores => CrossEntropy(scores, example => (example + 1) % 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pair_classification(bool isBothOrders)
    {
        GptPairClassifier model = new GptPairClassification(ToyTasks.Tokenizer, ["no", "yes"]) { Tuning = Tuning(0.5), BothOrders = isBothOrders }.CreateTuned(Pretrained, 1);
        int[][][] encoded = [.. ToyTexts.Pairs(6).Select(example => model.Tuned.EncodePair(example.First, example.Second))];
        Check(model.Tuned, new ClassificationTask(model.Tuned, encoded, [1, 0, 0, 0, 1, 1], Tuning(0.5), Options, model.Save), encoded, 0.5,
            scores => CrossEntropy(scores, example => example is 0 or > 3 ? 1 : 0));
    }

    [Fact]
    public void Similarity()
    {
        ScoredPairExample[] examples = [.. ToyTexts.Scores(6).Select((example, index) => example with { Score = index * 3 + 10 })];
        GptSimilarityScorer model = new GptSimilarity(ToyTasks.Tokenizer) { Tuning = Tuning(0.5) }.CreateTuned(Pretrained, 1);
        int[][][] encoded = [.. examples.Select(example => model.Tuned.EncodePair(example.First, example.Second))];
        double mean = examples.Average(example => example.Score), deviation = Math.Sqrt(examples.Average(example => Math.Pow(example.Score - mean, 2)));
        Check(model.Tuned, new SimilarityTask(model, examples, Tuning(0.5), Options), encoded, 0.5, scores =>
        {
            double loss = 0;
            double[][] gradient = [.. scores.Select(_ => new double[1])];
            for (int example = 0; example < 6; example++)
            {
                double error = scores[example][0] - (examples[example].Score - mean) / deviation;
                loss += error * error / 6;
                gradient[example][0] = 2 * error / 6;
            }

            return (loss, loss * deviation * deviation * 6, gradient);
        });
        model.Scale.Should().Be(new ScoreScale(mean, deviation));
    }

    [Fact]
    public void Choices_of_different_numbers()
    {
        ChoiceExample[] examples = ToyTexts.Choices(6);
        examples.Select(example => example.Choices.Count).Distinct().Should().HaveCount(2);
        GptChoiceSelector model = new GptMultipleChoice(ToyTasks.Tokenizer) { Tuning = Tuning(0.5) }.CreateTuned(Pretrained, 1);
        int[][][] encoded = [.. examples.Select(example => model.Tuned.Inputs.Choices(example.Context, example.Choices))];
        Check(model.Tuned, new ChoiceTask(model, examples, Tuning(0.5), Options), encoded, 0.5, scores => CrossEntropy(scores, example => examples[example].Answer));
    }

    private static GptTuningOptions Tuning(double weight) => new() { LanguageModelWeight = weight, ClassifierDropout = 0 };

    private static (double Loss, double Sum, double[][] Gradient) CrossEntropy(double[][] scores, Func<int, int> target)
    {
        double sum = 0;
        double[][] gradient = new double[scores.Length][];
        for (int example = 0; example < scores.Length; example++)
        {
            double total = scores[example].Sum(Math.Exp);
            sum += Math.Log(total) - scores[example][target(example)];
            gradient[example] = [.. scores[example].Select((score, k) => (Math.Exp(score) / total - (k == target(example) ? 1 : 0)) / scores.Length)];
        }

        return (sum / scores.Length, sum, gradient);
    }

    /// <summary>L₂ + λ·L₁ of one batch of all examples; and with the vectors h of the examples, ∂L/∂W = Σ g·hᵀ for the gradient g of the scores, and ∂L/∂b = Σ g.</summary>
    private static void Check(GptTuned tuned, TrainingTask task, int[][][] encoded, double weight, Func<double[][], (double Loss, double Sum, double[][] Gradient)> reference)
    {
        using TensorArena arena = new(1);
        Parameter w = tuned.Head.Parameters[0];
        double[] bias = tuned.Head.Parameters.Count == 1 ? new double[w.Shape[0]] : [.. tuned.Head.Parameters[1].Data.ToArray().Select(value => (double)value)];
        double logLikelihoods = 0;
        int tokens = 0;
        List<double[]> vectors = [];
        double[][] scores = new double[encoded.Length][];
        List<(int Example, int Score, int Vector)> uses = [];
        for (int example = 0; example < encoded.Length; example++)
        {
            List<double> ofExample = [];
            double[] sum = new double[w.Shape[1]];
            foreach (int[] sequence in encoded[example])
            {
                using Pass pass = Pass.Inference(arena);
                Tensor hidden = tuned.Model.Hidden(pass, sequence, new Shape(1, sequence.Length));
                ReadOnlySpan<float> logits = tuned.Model.Logits(hidden).Data;
                int vocabulary = tuned.Model.Config.VocabularySize!.Value;
                for (int t = 0; t + 1 < sequence.Length; t++, tokens++)
                {
                    double total = 0;
                    foreach (float logit in logits.Slice(t * vocabulary, vocabulary)) total += Math.Exp(logit);
                    logLikelihoods += Math.Log(total) - logits[t * vocabulary + sequence[t + 1]];
                }

                double[] h = [.. hidden.Data[^w.Shape[1]..].ToArray().Select(value => (double)value)];
                for (int i = 0; i < h.Length; i++) sum[i] += h[i];
                if (tuned.IsBothOrders) continue;

                uses.AddRange(Enumerable.Range(0, w.Shape[0]).Select(k => (example, ofExample.Count + k, vectors.Count)));
                vectors.Add(h);
                ofExample.AddRange(Apply(h));
            }

            if (tuned.IsBothOrders)
            {
                uses.AddRange(Enumerable.Range(0, w.Shape[0]).Select(k => (example, k, vectors.Count)));
                vectors.Add(sum);
                ofExample.AddRange(Apply(sum));
            }

            scores[example] = [.. ofExample];
        }

        (double loss, double reported, double[][] gradient) = reference(scores);
        double[] weightGradient = new double[w.Shape.Size], biasGradient = new double[w.Shape[0]];
        foreach ((int example, int score, int vector) in uses)
        {
            int k = score % w.Shape[0];
            biasGradient[k] += gradient[example][score];
            for (int i = 0; i < w.Shape[1]; i++) weightGradient[k * w.Shape[1] + i] += gradient[example][score] * vectors[vector][i];
        }

        using (task)
        using (Pass pass = Pass.Training(arena, seed: 1))
        {
            Tensor ours = task.Loss(pass, 0, out BatchStatistics statistics);
            ((double)ours.Item).Should().BeApproximately(loss + weight * logLikelihoods / tokens, 2e-6 * loss + 2e-6);
            statistics.Loss.Should().BeApproximately(reported, 1e-5 * reported);
            (statistics.Targets, statistics.Tokens).Should().Be((encoded.Length, encoded.Sum(sequences => sequences.Sum(sequence => sequence.Length))));
            ours.Backward();
        }

        Near(w.Gradient, weightGradient);
        if (tuned.Head.Parameters.Count > 1) Near(tuned.Head.Parameters[1].Gradient, biasGradient);
        foreach (Parameter parameter in tuned.Parameters) parameter.Gradient.Length.Should().Be(parameter.Shape.Size, "every weight is trained, such as {0}", parameter.Name);

        double[] Apply(double[] h) => [.. Enumerable.Range(0, w.Shape[0]).Select(k => bias[k] + h.Select((value, i) => value * w.Data[k * h.Length + i]).Sum())];
    }

    private static void Near(ReadOnlySpan<float> ours, double[] exact)
    {
        double scale = exact.Max(Math.Abs);
        for (int i = 0; i < exact.Length; i++) ((double)ours[i]).Should().BeApproximately(exact[i], 1e-5 * scale);
    }
}
