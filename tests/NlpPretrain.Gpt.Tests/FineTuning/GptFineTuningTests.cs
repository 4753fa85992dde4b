using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

public sealed class GptFineTuningTests
{
    private static readonly TrainingOptions Quick = new() { Epochs = 10, LearningRate = 3e-3, Workers = 1 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_learned()
    {
        GptModel pretrained = new(ToyTasks.Config, 1);
        float[] before = Weights(pretrained.Parameters);
        GptTextClassification tuner = GptTextClassification.FromExamples(ToyTasks.Tokenizer, ToyTexts.Texts(160));
        GptTextClassifier tuned = tuner.CreateTuned(pretrained, 1);
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Texts(160), Quick, Token));

        tuned.Labels.Should().Equal("no", "yes");
        steps.Should().HaveCount(10 * 5).And.OnlyContain(at => at.TotalSteps == 50);
        Evaluate.Classification(tuned, ToyTexts.Texts(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        tuned.Probabilities(" good").Sum(one => one.Probability).Should().BeApproximately(1, 1e-12);
        tuned.Classify(" good").Should().Be(tuned.Probabilities(" good")[1]);
        Weights(pretrained.Parameters).Should().Equal(before, "the pretrained model is never changed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pairs_are_learned(bool isBothOrders)
    {
        GptPairClassification tuner = new(ToyTasks.Tokenizer, ["other", "same"]) { BothOrders = isBothOrders };
        GptPairClassifier tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Pairs(400), Quick with { Epochs = 20 }, Token));

        Evaluate.Pairs(tuned, ToyTexts.Pairs(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        bool isSymmetric = tuned.Probabilities(" good run", " bad")[0] == tuned.Probabilities(" bad", " good run")[0];
        isSymmetric.Should().Be(isBothOrders);
    }

    [Fact]
    public async Task Similarity_is_learned_on_the_scale_of_the_examples()
    {
        GptSimilarity tuner = new(ToyTasks.Tokenizer);
        GptSimilarityScorer tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Scores(400), Quick with { Epochs = 20 }, Token));

        ScoredPairExample[] tests = ToyTexts.Scores(100, from: 1000);
        Evaluate.Similarity(tuned, tests, Token).Pearson.Should().BeGreaterThan(0.95);
        IReadOnlyList<double> scores = tuned.ScoreBatch([.. tests.Select(one => (one.First, one.Second))], Token);
        double error = tests.Zip(scores, (test, score) => Math.Pow(test.Score - score, 2)).Average();
        error.Should().BeLessThan(0.2, "the variance of the scores is 2.25");
        steps[^1].Loss.Should().BeLessThan(0.5);
        tuned.Score(" good run", " bad").Should().Be(tuned.Score(" bad", " good run"));
    }

    [Fact]
    public async Task Choices_are_learned()
    {
        GptMultipleChoice tuner = new(ToyTasks.Tokenizer);
        GptChoiceSelector tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Choices(400), Quick with { Epochs = 20 }, Token));

        Evaluate.Choices(tuned, ToyTexts.Choices(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        tuned.Probabilities(" good", [" fine", " bad"]).Sum().Should().BeApproximately(1, 1e-12);
        tuned.Choose(" good", [" poor", " fine", " bad"]).Should().Be(1);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    public async Task Equal_seeds_give_equal_bits_at_any_number_of_workers(double weight)
    {
        float[] first = await Train(seed: 1, workers: 1);
        (await Train(seed: 1, workers: 2)).Should().Equal(first);
        (await Train(seed: 1, workers: 3)).Should().Equal(first);
        (await Train(seed: 2, workers: 1)).Should().NotEqual(first);

        async Task<float[]> Train(ulong seed, int workers)
        {
            GptTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]) { Tuning = new() { LanguageModelWeight = weight } };
            GptTextClassifier tuned = tuner.CreateTuned(new(ToyTasks.Config with { TiesOutput = false }, 1), 5);
            await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Texts(70), new() { Epochs = 1, Seed = seed, Workers = workers, LearningRate = 1e-3 }, Token));
            return Weights(tuned.Tuned.Parameters);
        }
    }

    [Fact]
    public void Padding_and_batch_do_not_change_the_bits_of_a_prediction()
    {
        GptModel pretrained = new(ToyTasks.Config, 1);
        string[] texts = [.. ToyTexts.Texts(300).Select(example => example.Text)];
        GptTextClassifier texter = new GptTextClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(pretrained, 5);
        texter.ClassifyBatch(texts, Token).Should().Equal(texts.Select(texter.Classify));

        (string, string)[] pairs = [.. ToyTexts.Pairs(300).Select(example => (example.First, example.Second))];
        GptSimilarityScorer scorer = new GptSimilarity(ToyTasks.Tokenizer).CreateTuned(pretrained, 5);
        scorer.ScoreBatch(pairs, Token).Should().Equal(pairs.Select(pair => scorer.Score(pair.Item1, pair.Item2)));
        scorer.ScoreBatch(pairs, Token).Should().Equal(scorer.ScoreBatch([.. pairs.Select(pair => (pair.Item2, pair.Item1))], Token));

        int[][][] questions = [.. ToyTexts.Choices(300).Select(example => scorer.Tuned.Inputs.Choices(example.Context, example.Choices))];
        GptPredictor predictor = new GptMultipleChoice(ToyTasks.Tokenizer).CreateTuned(pretrained, 5).Tuned.Predictor;
        predictor.Scores(questions, Token).Should().BeEquivalentTo(questions.Select(question => predictor.Scores([question], Token)[0]), options => options.WithStrictOrdering());
    }

    [Theory]
    [InlineData(GptArchitecture.Gpt1)]
    [InlineData(GptArchitecture.Gpt2)]
    public void Layers_above_those_transferred_begin_anew(GptArchitecture architecture)
    {
        GptModel pretrained = new(ToyTasks.Config with { Architecture = architecture }, 1);
        foreach (Parameter parameter in pretrained.Parameters)
        {
            foreach (ref float value in parameter.Data) value += 1;
        }

        string[] Changed(int? layers) => [.. new GptTextClassification(ToyTasks.Tokenizer, ["yes", "no"]) { Tuning = new() { TransferredLayers = layers } }
            .CreateTuned(pretrained, 5).Model.Parameters.Zip(pretrained.Parameters)
            .Where(pair => !pair.First.Data[..pair.Second.Data.Length].SequenceEqual(pair.Second.Data)).Select(pair => pair.First.Name)];

        Changed(null).Should().BeEmpty();
        Changed(2).Should().BeEmpty();
        Changed(1).Should().OnlyContain(name => name.StartsWith("h.1.") || name.StartsWith("ln_f.")).And.HaveCount(architecture == GptArchitecture.Gpt1 ? 12 : 14);
        Changed(0).Should().OnlyContain(name => name.StartsWith("h.") || name.StartsWith("ln_f.")).And.HaveCount(architecture == GptArchitecture.Gpt1 ? 24 : 26);
    }

    [Fact]
    public void A_steady_step_allocates_nothing()
    {
        GptTextClassifier model = new GptTextClassification(ToyTasks.Tokenizer, ["no", "yes"]).CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        int[][][] encoded = [.. ToyTexts.Texts(64).Select(example => (int[][])[model.Tuned.Inputs.Text(example.Text)])];
        using ClassificationTask task = new(model.Tuned, encoded, new int[64], new(), new(), model.Save);
        using TensorArena arena = new(1);
        long batch = 0;
        while (batch < 40) Step();
        Allocations.CheckNoneHere(Step);

        void Step()
        {
            using Pass pass = Pass.Training(arena, 1, (ulong)batch);
            task.Loss(pass, batch++, out _).Backward();
        }
    }

    private static float[] Weights(IEnumerable<Parameter> parameters) => [.. parameters.SelectMany(parameter => parameter.Data.ToArray())];
}
