using System.Globalization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests;

public sealed class BertPretrainerTests : IDisposable
{
    internal static readonly InMemoryCorpus Corpus = ToyText.Documents(40, 8, 6, mostPieces: 2);
    internal static readonly BertConfig Config = new() { Layers = 2, Heads = 2, Width = 16, ContextLength = 24 };
    internal static readonly BertDataOptions Data = new() { SequenceLength = 24, DuplicateFactor = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_document_is_about_is_learned()
    {
        // Each document has a word of its own, so a masked word is that of the others, and a next sentence has the same.
        string[] words = [.. from first in "abcd" from second in "klmno" select $"{first}{second}"];
        InMemoryCorpus corpus = new(words.Select(word => string.Join('\n', Enumerable.Range(0, 12).Select(i => string.Join(' ', Enumerable.Repeat(word, 2 + i % 3))))));
        BertPretrainer pretrainer = new(ToyText.English) { Data = new() { SequenceLength = 16 } };
        BertPretrainingModel model = pretrainer.CreateModel(Config with { InitialDeviation = 0.1, Width = 32, Dropout = 0, AttentionDropout = 0 }, seed: 1);
        TrainingOptions options = new() { Steps = 300, BatchSize = 16, LearningRate = 2e-3, Evaluation = corpus };
        TrainingProgress last = await pretrainer.PretrainAsync(model, corpus, options).RunAsync();
        BertPretrainingReport report = pretrainer.Evaluate(model, corpus);
        last.EvaluationLoss.Should().Be(report.MaskedLoss);
        report.MaskedAccuracy.Should().BeGreaterThan(0.95);
        report.NextSentenceAccuracy.Should().BeGreaterThan(0.9);
    }

    [Fact]
    public async Task An_untrained_model_is_as_good_as_guessing()
    {
        BertPretrainer pretrainer = new(ToyText.English) { Data = Data };
        BertPretrainingModel model = pretrainer.CreateModel(Config with { InitialDeviation = 0.02 }, seed: 1);
        model.Model.Config.VocabularySize.Should().Be(ToyText.English.Count);
        BertPretrainingReport report = pretrainer.Evaluate(model, Corpus);
        report.MaskedLoss.Should().BeApproximately(Math.Log(ToyText.English.Count), 0.2);
        report.NextSentenceLoss.Should().BeApproximately(Math.Log(2), 0.05);
        report.MaskedAccuracy.Should().BeLessThan(0.2);

        TrainingProgress first = await pretrainer.PretrainAsync(model, Corpus, new() { Steps = 1 }).RunAsync();
        first.Loss.Should().BeApproximately(Math.Log(ToyText.English.Count), 0.3, "the next sentences' loss is not in it");
    }

    [Fact]
    public void An_evaluation_is_a_loop_over_sequences()
    {
        BertPretrainer pretrainer = new(ToyText.English) { Data = Data };
        BertPretrainingModel model = pretrainer.CreateModel(Config with { InitialDeviation = 0.3 }, seed: 2);
        using BertPretrainingData data = BertPretrainingData.Create(Corpus, ToyText.English, Data with { DuplicateFactor = 1 }, seed: 5);
        using TensorArena arena = new(1);
        double words = 0, sentences = 0;
        int rightWords = 0, rightSentences = 0, count = 0;
        for (int i = 0; i < data.Count; i++)
        {
            BertExample example = data.Read(i);
            using Pass pass = Pass.Inference(arena);
            Tensor hidden = model.Model.Hidden(pass, example.Ids, example.Segments, new(1, example.Ids.Length), []);
            ReadOnlySpan<float> logits = model.MaskedLogits(model.MaskedHidden(hidden, example.MaskedPlaces)).Data, ofNext = model.NextSentenceLogits(model.Model.Pooled(hidden)).Data;
            for (int k = 0; k < example.MaskedIds.Length; k++, count++) Add(logits.Slice(k * ToyText.English.Count, ToyText.English.Count), example.MaskedIds[k], ref words, ref rightWords);
            Add(ofNext, example.IsNext ? 0 : 1, ref sentences, ref rightSentences);
        }

        BertPretrainingReport report = pretrainer.Evaluate(model, Corpus, seed: 5);
        (report.Masked.Count, report.NextSentence.Count).Should().Be((count, data.Count));
        (report.Masked.Correct, report.NextSentence.Correct).Should().Be((rightWords, rightSentences));
        report.MaskedLoss.Should().BeApproximately(words / count, 1e-5 * words / count);
        report.NextSentenceLoss.Should().BeApproximately(sentences / data.Count, 1e-5);
        pretrainer.Evaluate(model, Corpus, seed: 5, workers: 3).Should().Be(report);
        pretrainer.Evaluate(model, Corpus, seed: 6).Should().NotBe(report);

        static void Add(ReadOnlySpan<float> row, int label, ref double nats, ref int right)
        {
            double sum = 0;
            int best = 0;
            for (int i = 0; i < row.Length; i++)
            {
                sum += Math.Exp(row[i]);
                if (row[i] > row[best]) best = i;
            }

            nats += Math.Log(sum) - row[label];
            if (best == label) right++;
        }
    }

    [Fact]
    public void Batches_have_sequences_of_like_lengths_and_new_masks_each_round()
    {
        BertPretrainingModel model = new BertPretrainer(ToyText.English).CreateModel(Config with { Dropout = 0, AttentionDropout = 0 }, seed: 1);
        BertPretrainingData data = BertPretrainingData.Create(Corpus, ToyText.English, Data), again = BertPretrainingData.Create(Corpus, ToyText.English, Data);
        long count = data.Count, batches = (count - 1) / 4 + 1;
        LengthBatches order = new(data.Lengths, 4, seed: 1);
        using BertPretrainingTask task = new(model, ToyText.English, data, null, batchSize: 4, seed: 1);
        task.BatchesPerEpoch.Should().Be((batches - 1) / 2 + 1, "an epoch is a pass over the corpus, which comes twice");
        using TensorArena arena = new(1);
        foreach (long batch in new[] { 0, 3, batches - 1, batches, 2 * batches + 1 })
        {
            using Pass pass = Pass.Training(arena);
            task.Loss(pass, batch, out BatchStatistics found);
            BertExample[] examples = [.. order[batch].ToArray().Select(index => again.Read(index, epoch: batch / batches))];
            BertBatch expected = new();
            expected.Fill(examples);
            model.Loss(pass, expected, out BertLossStatistics statistics);
            found.Should().Be(new BatchStatistics(statistics.Masked.Sum, examples.Sum(example => example.MaskedPlaces.Length), examples.Sum(example => example.Ids.Length)), "padding is no token");
        }

        again.Dispose();
    }

    [Fact]
    public async Task A_resumed_run_has_the_bits_of_one_that_was_never_interrupted()
    {
        TrainingOptions options = new() { Steps = 5, BatchSize = 4, Accumulation = 2, CheckpointInterval = 1, Evaluation = Corpus, EvaluationInterval = 2 };
        (float[] expected, List<TrainingProgress> whole) = await Train(options with { CheckpointFolder = _folder.File("whole") });
        for (int stop = 1; stop < 5; stop++)
        {
            TrainingOptions parted = options with { CheckpointFolder = _folder.File($"{stop}") };
            await Train(parted, stop);
            (float[] found, List<TrainingProgress> rest) = await Train(parted with { Resume = true });
            found.Should().Equal(expected);
            rest.Select(at => (at.Step, at.Loss, at.Tokens, at.EvaluationLoss)).Should().Equal(whole.Skip(stop).Select(at => (at.Step, at.Loss, at.Tokens, at.EvaluationLoss)));
        }

        string last = new CheckpointFolder(_folder.File("whole")).Latest().Found!.Folder;
        Directory.GetFiles(last).Select(Path.GetFileName).Should().Contain(["config.json", "model.safetensors", "optimizer.safetensors", "training.json", "vocab.txt"]);

        TrainingOptions resume = options with { CheckpointFolder = _folder.File("whole"), Resume = true };
        await new Func<Task>(() => Train(resume with { BatchSize = 5 })).Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run: Identity was*4 sequences a batch*5 sequences a batch*");
        await new Func<Task>(() => Train(resume, data: Data with { IsStatic = true })).Should().ThrowAsync<ArgumentException>().WithMessage("*Identity was*dynamic masks*static masks*");
    }

    [Fact]
    public async Task Any_number_of_workers_gives_the_same_bits()
    {
        TrainingOptions options = new() { Steps = 3, BatchSize = 8, Workers = 1, Evaluation = Corpus };
        (float[] expected, List<TrainingProgress> one) = await Train(options);
        for (int workers = 2; workers <= 3; workers++)
        {
            (float[] found, List<TrainingProgress> some) = await Train(options with { Workers = workers });
            found.Should().Equal(expected);
            some.Select(at => (at.Loss, at.EvaluationLoss)).Should().Equal(one.Select(at => (at.Loss, at.EvaluationLoss)));
        }
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Sgd)]
    public async Task The_optimizer_is_that_of_the_original_unless_another_is_asked_for(OptimizerKind other)
    {
        TrainingOptions options = new() { Steps = 2, BatchSize = 4 };
        (float[] original, _) = await Train(options);
        (await Train(options with { Optimizer = OptimizerKind.BertAdam })).Weights.Should().Equal(original);
        (await Train(options with { Optimizer = other })).Weights.Should().NotEqual(original);
    }

    [Fact]
    public async Task Two_phases_are_two_runs_over_one_model()
    {
        BertPretrainer first = new(ToyText.English) { Data = Data with { SequenceLength = 12 } }, second = new(ToyText.English) { Data = first.Data with { SequenceLength = 24 } };
        BertPretrainingModel model = first.CreateModel(Config, seed: 1);
        await first.PretrainAsync(model, Corpus, new() { Steps = 2 }).RunAsync();
        TrainingProgress last = await second.PretrainAsync(model, Corpus, new() { Steps = 2 }).RunAsync();
        last.Tokens.Should().BeGreaterThan(2 * 32 * 12);
    }

    [Fact]
    public async Task A_model_without_a_pooler_learns_the_masked_words_alone()
    {
        BertPretrainer pretrainer = new(ToyText.English) { Data = Data };
        BertPretrainingModel model = pretrainer.CreateModel(Config with { HasPooler = false }, seed: 1);
        await pretrainer.PretrainAsync(model, Corpus, new() { Steps = 2 }).RunAsync();
        BertPretrainingReport report = pretrainer.Evaluate(model, Corpus);
        report.NextSentence.Count.Should().Be(0);
        report.Masked.Count.Should().BePositive();
    }

    [Fact]
    public async Task What_cannot_be_trained_on_is_refused()
    {
        BertPretrainer pretrainer = new(ToyText.English) { Data = Data };
        BertPretrainingModel model = pretrainer.CreateModel(Config, seed: 1), other = new(Config with { VocabularySize = 7 }, seed: 1), larger = new(Config with { VocabularySize = 500 }, seed: 1);
        Tokenizer bare = new(new WordPieceModel(["[UNK]", "a"]));
        await Refuses<CorpusException>(pretrainer, model, new(""), "The corpus has no text*");
        await Refuses<CorpusException>(pretrainer, model, new("ak\nbk"), "The corpus has one document*");
        await Refuses<ArgumentException>(pretrainer, other, Corpus, $"The model has 7 tokens and the tokenizer {ToyText.English.Count}*");
        await Refuses<ArgumentException>(pretrainer, larger, Corpus, "The model has 500 tokens*");
        await Refuses<ArgumentException>(new(ToyText.English), model, Corpus, "SequenceLength is 128; it must be at most the model's context, 24 (BertDataOptions.SequenceLength, BertConfig.ContextLength)*");
        await Refuses<ArgumentException>(new(ToyText.English) { Data = Data with { SequenceLength = 3 } }, model, Corpus, "SequenceLength is 3; it must be at least 5*");
        await Refuses<ArgumentException>(pretrainer, pretrainer.CreateModel(Config with { SegmentTypes = 1 }, 1), Corpus, "The model has 1 type of segments*BertConfig.SegmentTypes*");
        await Refuses<ArgumentException>(new(bare), new(Config with { VocabularySize = 2 }, seed: 1), Corpus, "The tokenizer has no special token [[]CLS]*".Replace("[[]", "[", StringComparison.Ordinal));
        new Action(() => pretrainer.CreateModel(Config with { VocabularySize = 7 }, 1)).Should().Throw<ArgumentException>().WithMessage($"The config has 7 tokens and the tokenizer {ToyText.English.Count}; set it to null*");
        new Action(() => pretrainer.Evaluate(other, Corpus)).Should().Throw<ArgumentException>().WithMessage("The model has 7 tokens*");
        new Action(() => pretrainer.Evaluate(model, new InMemoryCorpus(""))).Should().Throw<CorpusException>();
        new Action(() => _ = new BertPretrainer(null!)).Should().Throw<ArgumentNullException>();
        pretrainer.Evaluate(larger, Corpus).Masked.Count.Should().BePositive("tokens that the tokenizer has not do not stand in the way of a measurement");

        static async Task Refuses<TException>(BertPretrainer pretrainer, BertPretrainingModel model, InMemoryCorpus corpus, string message) where TException : Exception =>
            await new Func<Task>(() => pretrainer.PretrainAsync(model, corpus, new() { Steps = 1, Workers = 1 }).RunAsync()).Should().ThrowAsync<TException>().WithMessage(message);
    }

    [Theory]
    [InlineData(768, 1e-4)]
    [InlineData(384, 2e-4)]
    [InlineData(64, 1e-3)]
    public void The_rate_falls_with_the_width(int width, double rate)
    {
        TrainingDefaults defaults = BertPretrainer.DefaultsFor(Config with { Width = width });
        defaults.LearningRate.Should().BeApproximately(rate, 1e-12);
        defaults.Schedule(200)(0.1).Should().Be(1, "a tenth of a short run warms up");
        defaults.Schedule(1_000_000)(0.01).Should().Be(1, "10,000 steps of a long one do");
        defaults.Schedule(200)(0.55).Should().BeApproximately(0.5, 1e-12);
        defaults.Schedule(200)(1).Should().BeApproximately(0, 1e-12);
        (defaults.WeightDecay, defaults.GradientClipping, defaults.Epsilon).Should().Be((0.01, 1, 1e-6));
    }

    [Fact]
    public void A_run_is_described_without_a_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            new BertDataOptions().Describe().Should().Be("128 tokens at most, 20 masked at most, 0.15 masked, 0.1 short, 10 duplicates, single tokens, dynamic masks");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static async Task<(float[] Weights, List<TrainingProgress> Steps)> Train(TrainingOptions options, int stop = int.MaxValue, BertDataOptions? data = null)
    {
        BertPretrainer pretrainer = new(ToyText.English) { Data = data ?? Data };
        BertPretrainingModel model = pretrainer.CreateModel(Config, seed: 1);
        List<TrainingProgress> all = [];
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, Corpus, options))
        {
            all.Add(at);
            if (at.Step == stop) break;
        }

        return ([.. model.Parameters.SelectMany(parameter => parameter.Data.ToArray())], all);
    }
}
