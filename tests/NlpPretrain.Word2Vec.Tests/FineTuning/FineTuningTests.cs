using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec.Tests.FineTuning;

public sealed class FineTuningTests
{
    private static readonly TextExample[] Texts = [.. Enumerable.Range(0, 70).Select(k => new TextExample(ToyWords.Text(k % 2 == 0, k), k % 2 == 0 ? "yes" : "no"))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Texts_of_two_clusters_are_told_apart(bool trained)
    {
        WordVectors words = ToyWords.Create();
        WordVectors before = ToyWords.Create();
        Word2VecTextClassification tuner = Word2VecTextClassification.FromExamples(ToyWords.Tokenizer, Texts, new() { TrainWordVectors = trained });
        Word2VecTextClassifier tuned = tuner.CreateTuned(words, 1);
        List<TrainingProgress> steps = await Pull(tuner.FineTuneAsync(tuned, Texts, new() { Epochs = 20 }, Token));

        tuned.Labels.Should().Equal("no", "yes");
        steps.Should().HaveCount(20 * 3).And.OnlyContain(at => at.TotalSteps == 60);
        steps[^1].Tokens.Should().Be(20 * 70 * 3);
        steps[^1].Loss.Should().BeLessThan(steps[0].Loss / 2);
        for (int k = 1000; k < 1050; k++) tuned.Classify(ToyWords.Text(k % 2 == 0, k)).Label.Should().Be(k % 2 == 0 ? "yes" : "no");
        tuned.Probabilities("good").Sum(one => one.Probability).Should().BeApproximately(1, 1e-12);
        tuned.Classify("good").Probability.Should().Be(tuned.Probabilities("good")[1].Probability);

        for (int row = 0; row < words.Count; row++) words.Row(row).ToArray().Should().Equal(before.Row(row).ToArray(), "the pretrained vectors are never changed");
        ToyDistance(tuned.ToWordVectors(), before).Should().Match(distance => trained == distance > 0);
    }

    [Fact]
    public async Task Pairs_of_one_cluster_are_told_from_pairs_of_two()
    {
        PairExample[] examples = [.. Enumerable.Range(0, 200).Select(k => new PairExample(
            ToyWords.Text(k % 2 == 0, k), ToyWords.Text(k / 2 % 2 == 0, k + 500), k % 2 == k / 2 % 2 ? "same" : "other"))];
        Word2VecPairClassification tuner = Word2VecPairClassification.FromExamples(ToyWords.Tokenizer, examples);
        Word2VecPairClassifier tuned = tuner.CreateTuned(ToyWords.Create(), 1);
        await Pull(tuner.FineTuneAsync(tuned, examples[..100], new() { Epochs = 50 }, Token));

        examples[100..].Count(one => tuned.Classify(one.First, one.Second).Label == one.Label).Should().BeGreaterThan(97);
        tuned.Probabilities("good", "bad").Select(one => one.Label).Should().Equal("other", "same");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1000, -300)]
    public async Task Similarity_is_graded_on_the_scale_of_the_examples(double scale, double shift)
    {
        ScoredPairExample[] examples = [.. Enumerable.Range(0, 200).Select(k => new ScoredPairExample(
            ToyWords.Text(k % 2 == 0, k), ToyWords.Text(k / 2 % 2 == 0, k + 500), shift + scale * (k % 2 == k / 2 % 2 ? 4 : 1)))];
        Word2VecSimilarity tuner = new(ToyWords.Tokenizer);
        Word2VecSimilarityScorer tuned = tuner.CreateTuned(ToyWords.Create(), 1);
        List<TrainingProgress> steps = await Pull(tuner.FineTuneAsync(tuned, examples[..100], new() { Epochs = 50 }, Token));

        double error = examples[100..].Average(one => Math.Pow((tuned.Score(one.First, one.Second) - one.Score) / scale, 2));
        error.Should().BeLessThan(0.5, "the variance of the scores is 2.25");
        (steps[^1].Loss / (scale * scale)).Should().BeLessThan(0.5);
        tuned.Score("good run", "bad").Should().Be(tuned.Score("bad", "good run"));
    }

    [Fact]
    public async Task A_word_is_tagged_by_its_neighbor_and_by_its_shape()
    {
        TaggedExample[] examples =
        [
            new(["the", "run", "Zed"], ["D", "N", "P"]), new(["to", "run", "Zed"], ["T", "V", "P"]),
            new(["the", "walk", "Zed"], ["D", "N", "P"]), new(["to", "walk", "Zed"], ["T", "V", "P"]), new(["run"], ["V"]),
        ];
        Word2VecTagging tuner = Word2VecTagging.FromExamples(examples);
        Word2VecTagger tuned = tuner.CreateTuned(ToyWords.Create(), 1);
        await Pull(tuner.FineTuneAsync(tuned, examples, new() { Steps = 300 }, Token));

        tuned.Labels.Should().Equal("D", "N", "P", "T", "V");
        tuned.Tag(["The", "run", "Yolanda"]).Should().Equal("D", "N", "P");
        tuned.Tag(["to", "walk", "Quentin"]).Should().Equal("T", "V", "P");
        tuned.Tag([]).Should().BeEmpty();
    }

    [Fact]
    public async Task Equal_seeds_give_equal_bits_at_any_number_of_workers()
    {
        float[] first = await Train(seed: 1, workers: 1), second = await Train(seed: 1, workers: 4), other = await Train(seed: 2, workers: 1);

        second.Should().Equal(first);
        other.Should().NotEqual(first);

        static async Task<float[]> Train(ulong seed, int workers)
        {
            Word2VecTextClassification tuner = new(ToyWords.Tokenizer, ["yes", "no"]) { Tuning = new() { TrainWordVectors = true, FrequencySmoothing = 0.001 } };
            Word2VecTextClassifier tuned = tuner.CreateTuned(ToyWords.Create(), 5);
            await Pull(tuner.FineTuneAsync(tuned, Texts, new() { Epochs = 2, Seed = seed, Workers = workers }, Token));
            return [.. tuned.Head.Weights.Padded, .. tuned.Encoder.Words.Values.Padded];
        }
    }

    [Fact]
    public void Heads_depend_on_the_seed_alone()
    {
        Word2VecTextClassification tuner = new(ToyWords.Tokenizer, ["yes", "no"]);
        float[] Head(ulong seed) => tuner.CreateTuned(ToyWords.Create(), seed).Head.Weights.Padded.ToArray();

        Head(1).Should().Equal(Head(1)).And.NotEqual(Head(2));
    }

    [Fact]
    public async Task A_cancelled_run_stops_between_two_steps()
    {
        using CancellationTokenSource source = new();
        Word2VecTextClassification tuner = new(ToyWords.Tokenizer, ["yes", "no"]);
        int steps = 0;
        Func<Task> run = async () =>
        {
            await foreach (TrainingProgress at in tuner.FineTuneAsync(tuner.CreateTuned(ToyWords.Create(), 1), Texts, new(), source.Token))
            {
                if (++steps == 2) await source.CancelAsync();
            }
        };

        await run.Should().ThrowAsync<OperationCanceledException>();
        steps.Should().Be(2);
    }

    private static async Task<List<TrainingProgress>> Pull(IAsyncEnumerable<TrainingProgress> stream)
    {
        List<TrainingProgress> steps = [];
        await foreach (TrainingProgress at in stream) steps.Add(at);
        return steps;
    }

    private static double ToyDistance(WordVectors first, WordVectors second)
    {
        double sum = 0;
        for (int row = 0; row < first.Count; row++)
        {
            for (int k = 0; k < first.Dimensions; k++) sum += Math.Abs(first.Row(row)[k] - second.Row(row)[k]);
        }

        return sum;
    }
}
