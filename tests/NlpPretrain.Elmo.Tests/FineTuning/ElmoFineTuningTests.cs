using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo.Tests.FineTuning;

public sealed class ElmoFineTuningTests
{
    private static readonly TrainingOptions Quick = new() { Epochs = 30, LearningRate = 1e-2, Workers = 1 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_learned_and_the_language_model_stays_as_it_is()
    {
        ElmoModel pretrained = ToyElmo.Model();
        float[] before = ToyElmo.Weights(pretrained.Parameters);
        ElmoTextClassification tuner = ElmoTextClassification.FromExamples(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ToyTexts.Texts(160), ToyElmo.Tuning);
        ElmoTextClassifier tuned = tuner.CreateTuned(pretrained, 1);
        float[] mixBefore = ToyElmo.Weights(tuned.Mix.Parameters);
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Texts(160), Quick, Token));

        tuned.Labels.Should().Equal("no", "yes");
        steps.Should().HaveCount(30 * 5).And.OnlyContain(at => at.TotalSteps == 150 && at.EvaluationLoss == null);
        Evaluate.Classification(tuned, ToyTexts.Texts(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        tuned.Probabilities("good").Sum(one => one.Probability).Should().BeApproximately(1, 1e-12);
        tuned.Classify("good").Should().Be(tuned.Probabilities("good")[1]);
        ToyElmo.Weights(pretrained.Parameters).Should().Equal(before, "the pretrained model is never changed");
        ToyElmo.Weights(tuned.Model.Parameters).Should().Equal(before, "by default the language model is frozen");

        float[] mix = ToyElmo.Weights(tuned.Mix.Parameters);
        mixBefore.Should().Equal(0, 0, 0, 1);
        mix[..3].Should().OnlyHaveUniqueItems().And.NotContain(0, "the mix is learned");
        mix[3].Should().NotBe(1);
    }

    [Fact]
    public async Task Pairs_are_learned()
    {
        ElmoPairClassification tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["other", "same"]) { Tuning = ToyElmo.Tuning };
        ElmoPairClassifier tuned = tuner.CreateTuned(ToyElmo.Model(), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Pairs(400), Quick, Token));
        Evaluate.Pairs(tuned, ToyTexts.Pairs(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.95);
        tuned.Classify("good", "bad").Should().Be(tuned.Probabilities("good", "bad")[0]);
    }

    [Fact]
    public async Task Similarity_is_learned_on_the_scale_of_the_examples_and_has_no_order()
    {
        ElmoSimilarity tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Tuning = ToyElmo.Tuning };
        ElmoSimilarityScorer tuned = tuner.CreateTuned(ToyElmo.Model(), 1);
        List<TrainingProgress> steps = await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Scores(400), Quick, Token));

        ScoredPairExample[] tests = ToyTexts.Scores(100, from: 1000);
        Evaluate.Similarity(tuned, tests, Token).Pearson.Should().BeGreaterThan(0.95);
        double error = tests.Zip(tuned.ScoreBatch([.. tests.Select(one => (one.First, one.Second))], Token), (test, score) => Math.Pow(test.Score - score, 2)).Average();
        error.Should().BeLessThan(0.2, "the variance of the scores is 2.25");
        steps[^1].Loss.Should().BeLessThan(0.5);
        foreach (ScoredPairExample test in tests[..20]) tuned.Score(test.Second, test.First).Should().Be(tuned.Score(test.First, test.Second));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(3)]                                                                          // sentences of up to seven words in parts
    public async Task Tags_are_learned(int maxLength)
    {
        ElmoTagging tuner = ElmoTagging.FromExamples(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ToyTexts.Tagged(200), ToyElmo.Tuning with { MaxLength = maxLength });
        ElmoTagger tuned = tuner.CreateTuned(ToyElmo.Model(), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Tagged(200), Quick, Token));

        tuned.Labels.Should().Equal("NEG", "O", "POS");
        Evaluate.Tagging(tuned, ToyTexts.Tagged(50, from: 1000), Token).Words.Accuracy.Should().BeGreaterThan(0.95);
        tuned.Tag(["Good", "the", "awful", "run", "dull"]).Should().Equal("POS", "O", "NEG", "O", "NEG");
        tuned.Predict(["good"])[0].Label.Should().Be("POS");
        tuned.Tag([]).Should().BeEmpty();
    }

    [Theory]
    [InlineData(5, 512, 128)]
    [InlineData(12, 7, 4)]                                                                   // passages of twelve words in parts of seven
    public async Task Spans_are_learned(int words, int maxLength, int stride)
    {
        ElmoSpanExtraction tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Tuning = ToyElmo.Tuning with { MaxLength = maxLength }, Spans = new() { DocumentStride = stride } };
        ElmoSpanExtractor tuned = tuner.CreateTuned(ToyElmo.Model(), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Spans(300, words: words), Quick, Token));

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
        ElmoSpanExtraction tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Tuning = ToyElmo.Tuning, Spans = new() { NullThreshold = 0 } };
        ElmoSpanExtractor tuned = tuner.CreateTuned(ToyElmo.Model(), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, examples, Quick, Token));

        SpanReport report = Evaluate.Spans(tuned, examples[..60], Token);
        report.Unanswerable!.ExactMatch.Should().BeGreaterThan(0.9);
        report.Answerable!.ExactMatch.Should().BeGreaterThan(0.9);
        tuned.With(new()).Extract("good ?", "the run to walk").Should().NotBeNull("there is always an answer without a threshold");
        tuned.With(new() { NullThreshold = -1000 }).Extract("good ?", "the fine run").Should().BeNull();
    }

    [Fact]
    public async Task A_model_of_characters_needs_no_vocabulary()
    {
        ElmoTextClassification tuner = new(vocabulary: null, ToyElmo.Tokenizer, ["no", "yes"]) { Tuning = ToyElmo.Tuning };
        ElmoTextClassifier tuned = tuner.CreateTuned(ToyElmo.Model(ToyElmo.Characters), 1);
        await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Texts(160), Quick, Token));
        Evaluate.Classification(tuned, ToyTexts.Texts(100, from: 1000), Token).Accuracy.Should().BeGreaterThan(0.9);
    }

    [Fact]
    public async Task Equal_seeds_give_equal_bits_at_any_number_of_workers()
    {
        ElmoTuningOptions trained = new() { HeadCells = 16, ModelRate = 0.5 };
        float[] first = await Train(seed: 1, workers: 1, trained), frozen = await Train(seed: 1, workers: 1, new() { HeadCells = 16 });
        (await Train(seed: 1, workers: 2, trained)).Should().Equal(first);
        (await Train(seed: 1, workers: 3, trained)).Should().Equal(first);
        (await Train(seed: 2, workers: 1, trained)).Should().NotEqual(first);
        (await Train(seed: 1, workers: 3, new() { HeadCells = 16 })).Should().Equal(frozen).And.NotEqual(first);

        async Task<float[]> Train(ulong seed, int workers, ElmoTuningOptions tuning)
        {
            ElmoPairClassification tuner = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["same", "other"]) { Tuning = tuning };
            ElmoPairClassifier tuned = tuner.CreateTuned(ToyElmo.Model(), 5);
            await ToyTexts.Pull(tuner.FineTuneAsync(tuned, ToyTexts.Pairs(70), new() { Epochs = 1, Seed = seed, Workers = workers }, Token));
            return ToyElmo.Weights(tuned);
        }
    }

    [Fact]
    public void Padding_and_batch_do_not_change_the_bits_of_a_prediction()
    {
        ElmoModel pretrained = ToyElmo.Model();
        string[] texts = [.. ToyTexts.Texts(300).Select(example => example.Text)];
        ElmoTextClassifier texter = new ElmoTextClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]).CreateTuned(pretrained, 5);
        texter.ClassifyBatch(texts, Token).Should().Equal(texts.Select(texter.Classify));

        (string First, string Second)[] pairs = [.. ToyTexts.Pairs(300).Select(example => (example.First, example.Second))];
        ElmoPairClassifier pairer = new ElmoPairClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]).CreateTuned(pretrained, 5);
        pairer.ClassifyBatch(pairs, Token).Should().Equal(pairs.Select(pair => pairer.Classify(pair.First, pair.Second)));
        ElmoSimilarityScorer scorer = new ElmoSimilarity(ToyElmo.Vocabulary, ToyElmo.Tokenizer).CreateTuned(pretrained, 5);
        scorer.ScoreBatch(pairs, Token).Should().Equal(pairs.Select(pair => scorer.Score(pair.First, pair.Second)));

        ElmoTagger tagger = new ElmoTagging(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["POS", "NEG", "O"]).CreateTuned(pretrained, 5);
        string[][] sentences = [.. ToyTexts.Tagged(300).Select(example => example.Words.ToArray())];
        Check(tagger.Tuned, [.. sentences.Select(words => tagger.Tuned.Inputs.Words(words, "it", "words"))]);
        tagger.TagBatch(sentences, Token).Should().BeEquivalentTo(sentences.Select(tagger.Tag), options => options.WithStrictOrdering());

        ElmoSpanExtractor extractor = new ElmoSpanExtraction(ToyElmo.Vocabulary, ToyElmo.Tokenizer).CreateTuned(pretrained, 5);
        (string Question, string Context)[] asked = [.. ToyTexts.Spans(150).Concat(ToyTexts.Spans(150, words: 9)).Select(example => (example.Question, example.Context))];
        Check(extractor.Tuned, [.. asked.Select(one => ElmoSpanDocument.Create(extractor.Tuned.Inputs, extractor.Spans, one.Question, one.Context).Windows.Single().Texts)]);
        extractor.ExtractBatch(asked, Token).Should().Equal(asked.Select(question => extractor.Extract(question.Question, question.Context)));

        static void Check(ElmoTuned tuned, ElmoSequence[][] encoded)
        {
            float[][] together = tuned.Predictor.Scores(encoded, Token), alone = [.. encoded.Select(example => tuned.Predictor.Scores([example], Token)[0])];
            for (int i = 0; i < alone.Length; i++) together[i].Should().Equal(alone[i]);
        }
    }

    [Fact]
    public void A_steady_step_allocates_nothing()
    {
        ElmoModel pretrained = ToyElmo.Model();
        TrainingOptions options = new() { BatchSize = 16 };
        foreach (ElmoTuningOptions tuning in new ElmoTuningOptions[] { new() { HeadCells = 16 }, new() { HeadCells = 16, KeptBytes = 0, NormalizesLayers = true }, new() { HeadCells = 16, ModelRate = 1 } })
        {
            ElmoTextClassification texts = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["no", "yes"]) { Tuning = tuning };
            Check(texts.Task(texts.CreateTuned(pretrained, 1), ToyTexts.Texts(64), options));
            ElmoPairClassification pairs = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["other", "same"]) { Tuning = tuning };
            Check(pairs.Task(pairs.CreateTuned(pretrained, 1), ToyTexts.Pairs(64), options));
            ElmoSimilarity similarity = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Tuning = tuning };
            Check(similarity.Task(similarity.CreateTuned(pretrained, 1), ToyTexts.Scores(64), options));
            ElmoTagging tags = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["POS", "NEG", "O"]) { Tuning = tuning };
            Check(tags.Task(tags.CreateTuned(pretrained, 1), ToyTexts.Tagged(64), options));
            ElmoSpanExtraction spans = new(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Tuning = tuning };
            Check(spans.Task(spans.CreateTuned(pretrained, 1), [.. ToyTexts.Spans(32), .. ToyTexts.Spans(32, words: 9)], options));
        }

        static void Check(ElmoFineTuningTask task)
        {
            using TensorArena arena = new(1);
            for (long batch = 0; batch < 20; batch++) Step(batch);
            Allocations.CheckNoneHere(() =>
            {
                for (long batch = 0; batch < 8; batch++) Step(batch);
            });
            task.Dispose();

            void Step(long batch)
            {
                using Pass pass = Pass.Training(arena, 1, (ulong)batch);
                task.Loss(pass, batch, out _).Backward();
            }
        }
    }
}
