using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests.FineTuning;

public sealed class BertFineTuningTests
{
    private static readonly TrainingOptions Quick = new() { Epochs = 12, LearningRate = 3e-3, Workers = 1 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_learned()
    {
        BertModel pretrained = new(ToyTasks.Config, 1);
        float[] before = Weights(pretrained.Parameters);
        BertTextClassification tuner = BertTextClassification.FromExamples(ToyTasks.Tokenizer, ToyTexts.Texts(160));
        BertTextClassifier tuned = tuner.CreateTuned(pretrained, 1);
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Texts(160), Quick, Token));

        tuned.Labels.Should().Equal("no", "yes");
        steps.Should().HaveCount(12 * 5).And.OnlyContain(at => at.TotalSteps == 60 && at.EvaluationLoss == null);
        Evaluate.Classification(tuned, ToyTexts.Texts(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        tuned.Probabilities("good").Sum(one => one.Probability).Should().BeApproximately(1, 1e-12);
        tuned.Classify("good").Should().Be(tuned.Probabilities("good")[1]);
        Weights(pretrained.Parameters).Should().Equal(before, "the pretrained model is never changed");
    }

    [Fact]
    public async Task Pairs_are_learned()
    {
        BertPairClassification tuner = new(ToyTasks.Tokenizer, ["other", "same"]);
        BertPairClassifier tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Pairs(400), Quick with { Epochs = 20 }, Token));
        Evaluate.Pairs(tuned, ToyTexts.Pairs(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
    }

    [Fact]
    public async Task Similarity_is_learned_on_the_scale_of_the_examples()
    {
        BertSimilarity tuner = new(ToyTasks.Tokenizer);
        BertSimilarityScorer tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Scores(400), Quick with { Epochs = 20 }, Token));

        ScoredPairExample[] tests = ToyTexts.Scores(100, from: 1000);
        Evaluate.Similarity(tuned, tests, Token).Pearson.Should().BeGreaterThan(0.95);
        double error = tests.Zip(tuned.ScoreBatch([.. tests.Select(one => (one.First, one.Second))], Token), (test, score) => Math.Pow(test.Score - score, 2)).Average();
        error.Should().BeLessThan(0.2, "the variance of the scores is 2.25");
        steps[^1].Loss.Should().BeLessThan(0.5);
    }

    [Fact]
    public async Task Choices_are_learned()
    {
        BertMultipleChoice tuner = new(ToyTasks.Tokenizer);
        BertChoiceSelector tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Choices(400), Quick with { Epochs = 20 }, Token));

        Evaluate.Choices(tuned, ToyTexts.Choices(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        tuned.Probabilities("good", ["fine", "bad"]).Sum().Should().BeApproximately(1, 1e-12);
        tuned.Choose("good", ["poor", "fine", "bad"]).Should().Be(1);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(6)]                                                                          // sentences of up to seven words in parts
    public async Task Tags_are_learned(int maxLength)
    {
        BertTagging tuner = BertTagging.FromExamples(ToyTasks.Tokenizer, ToyTexts.Tagged(200), new() { MaxLength = maxLength });
        BertTagger tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Tagged(200), Quick, Token));

        tuned.Labels.Should().Equal("NEG", "O", "POS");
        Evaluate.Tagging(tuned, ToyTexts.Tagged(50, from: 1000), Token).Words.Accuracy.Should().BeGreaterThan(0.95);
        tuned.Tag(["good", "the", "awful", "run", "fine", "greater", "walk", "dull", "to"]).Should().Equal("POS", "O", "NEG", "O", "POS", "POS", "O", "NEG", "O");
        tuned.Predict(["good"])[0].Label.Should().Be("POS");
        tuned.Tag([]).Should().BeEmpty();
    }

    [Theory]
    [InlineData(5, 24, 128)]
    [InlineData(12, 12, 4)]                                                                  // passages of twelve words in parts of seven
    public async Task Spans_are_learned(int words, int maxLength, int stride)
    {
        BertSpanExtraction tuner = new(ToyTasks.Tokenizer) { Tuning = new() { MaxLength = maxLength }, Spans = new() { DocumentStride = stride, MaxQuestionLength = 4 } };
        BertSpanExtractor tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Spans(300, words: words), Quick with { Epochs = 10 }, Token));

        SpanExample[] tests = ToyTexts.Spans(50, from: 1000, words: words);
        Evaluate.Spans(tuned, tests, Token).ExactMatch.Should().BeGreaterThan(0.9);
        IReadOnlyList<SpanPrediction> answers = tuned.Answers(tests[0].Question, tests[0].Context);
        answers[0].Place.Should().Be(tuned.Extract(tests[0].Question, tests[0].Context));
        answers[0].Text.Should().Be(tests[0].Context[answers[0].Place!.Value]);
    }

    [Fact]
    public async Task Questions_without_an_answer_are_learned()
    {
        SpanExample[] examples = [.. ToyTexts.Spans(300).Select((example, index) => index % 3 == 0 ? new SpanExample(example.Question, "the run to walk", []) : example)];
        BertSpanExtraction tuner = new(ToyTasks.Tokenizer) { Spans = new() { NullThreshold = 0, MaxQuestionLength = 4 } };
        BertSpanExtractor tuned = tuner.CreateTuned(new(ToyTasks.WithoutDropout, 1), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, examples, Quick with { Epochs = 10 }, Token));

        SpanReport report = Evaluate.Spans(tuned, examples[..60], Token);
        report.Unanswerable!.ExactMatch.Should().BeGreaterThan(0.9);
        report.Answerable!.ExactMatch.Should().BeGreaterThan(0.9);
        tuned.With(new() { MaxQuestionLength = 4 }).Extract("good ?", "the run to walk").Should().NotBeNull("there is always an answer without a threshold");
        tuned.With(new() { MaxQuestionLength = 4, NullThreshold = -1000 }).Extract("good ?", "the fine run").Should().BeNull();
    }

    [Fact]
    public async Task Equal_seeds_give_equal_bits_at_any_number_of_workers()
    {
        float[] first = await Train(seed: 1, workers: 1);
        (await Train(seed: 1, workers: 2)).Should().Equal(first);
        (await Train(seed: 1, workers: 3)).Should().Equal(first);
        (await Train(seed: 2, workers: 1)).Should().NotEqual(first);

        async Task<float[]> Train(ulong seed, int workers)
        {
            BertTextClassification tuner = new(ToyTasks.Tokenizer, ["yes", "no"]);
            BertTextClassifier tuned = tuner.CreateTuned(new(ToyTasks.Config, 1), 5);
            await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Texts(70), new() { Epochs = 1, Seed = seed, Workers = workers, LearningRate = 1e-3 }, Token));
            return Weights(tuned.Tuned.Parameters);
        }
    }

    [Fact]
    public void Padding_and_batch_do_not_change_the_bits_of_a_prediction()
    {
        BertModel pretrained = new(ToyTasks.Config, 1);
        string[] texts = [.. ToyTexts.Texts(300).Select(example => example.Text)];
        BertTextClassifier texter = new BertTextClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(pretrained, 5);
        texter.ClassifyBatch(texts, Token).Should().Equal(texts.Select(texter.Classify));

        (string First, string Second)[] pairs = [.. ToyTexts.Pairs(300).Select(example => (example.First, example.Second))];
        BertPairClassifier pairer = new BertPairClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(pretrained, 5);
        pairer.ClassifyBatch(pairs, Token).Should().Equal(pairs.Select(pair => pairer.Classify(pair.First, pair.Second)));
        BertSimilarityScorer scorer = new BertSimilarity(ToyTasks.Tokenizer).CreateTuned(pretrained, 5);
        scorer.ScoreBatch(pairs, Token).Should().Equal(pairs.Select(pair => scorer.Score(pair.First, pair.Second)));

        BertChoiceSelector selector = new BertMultipleChoice(ToyTasks.Tokenizer).CreateTuned(pretrained, 5);
        BertSequence[][] questions = [.. ToyTexts.Choices(300).Select(example => selector.Tuned.Inputs.Choices(example.Context, example.Choices))];
        Check(selector.Tuned, questions);
        BertTagger tagger = new BertTagging(ToyTasks.Tokenizer, ["POS", "NEG", "O"]).CreateTuned(pretrained, 5);
        string[][] sentences = [.. ToyTexts.Tagged(300).Select(example => example.Words.ToArray())];
        Check(tagger.Tuned, [.. sentences.Select(words => tagger.Tuned.Inputs.Words(words, "it", "words"))]);
        tagger.TagBatch(sentences, Token).Should().BeEquivalentTo(sentences.Select(tagger.Tag), options => options.WithStrictOrdering());
        BertSpanExtractor extractor = new BertSpanExtraction(ToyTasks.Tokenizer) { Spans = new() { MaxQuestionLength = 4 } }.CreateTuned(pretrained, 5);
        (string, string)[] asked = [.. ToyTexts.Spans(300).Select(example => (example.Question, example.Context))];
        extractor.ExtractBatch(asked, Token).Should().Equal(asked.Select(question => extractor.Extract(question.Item1, question.Item2)));

        static void Check(BertTuned tuned, BertSequence[][] encoded)
        {
            float[][] together = tuned.Predictor.Scores(encoded, Token), alone = [.. encoded.Select(example => tuned.Predictor.Scores([example], Token)[0])];
            for (int i = 0; i < alone.Length; i++) together[i].Should().Equal(alone[i]);
        }
    }

    [Fact]
    public void A_steady_step_allocates_nothing()
    {
        BertModel pretrained = new(ToyTasks.Config, 1);
        TrainingOptions options = new() { BatchSize = 16 };
        BertTextClassification texts = new(ToyTasks.Tokenizer, ["no", "yes"]);
        Check(texts.Task(texts.CreateTuned(pretrained, 1), ToyTexts.Texts(64), options));
        BertSimilarity similarity = new(ToyTasks.Tokenizer);
        Check(similarity.Task(similarity.CreateTuned(pretrained, 1), ToyTexts.Scores(64), options));
        BertMultipleChoice choices = new(ToyTasks.Tokenizer);
        Check(choices.Task(choices.CreateTuned(pretrained, 1), ToyTexts.Choices(64), options));
        BertTagging tags = new(ToyTasks.Tokenizer, ["POS", "NEG", "O"]);
        Check(tags.Task(tags.CreateTuned(pretrained, 1), ToyTexts.Tagged(64), options));
        BertSpanExtraction spans = new(ToyTasks.Tokenizer) { Spans = new() { MaxQuestionLength = 4 } };
        Check(spans.Task(spans.CreateTuned(pretrained, 1), [.. ToyTexts.Spans(32), .. ToyTexts.Spans(32, words: 9)], options));

        static void Check(BertFineTuningTask task)
        {
            using TensorArena arena = new(1);
            long batch = 0;
            while (batch < 20) Step();
            Allocations.CheckNoneHere(Step);
            task.Dispose();

            void Step()
            {
                using Pass pass = Pass.Training(arena, 1, (ulong)batch);
                task.Loss(pass, batch++, out _).Backward();
            }
        }
    }

    private static float[] Weights(IEnumerable<Parameter> parameters) => [.. parameters.SelectMany(parameter => parameter.Data.ToArray())];
}
