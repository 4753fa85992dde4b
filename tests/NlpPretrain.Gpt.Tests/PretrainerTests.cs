using System.Globalization;
using System.Reflection;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests;

public sealed class PretrainerTests : IDisposable
{
    internal static readonly Tokenizer Letters = Characters(" \nabcdefghijklmnopqrstuvwxyz.");
    private static readonly InMemoryCorpus Corpus = new(Enumerable.Range(0, 60).Select(i => $"document {(char)('a' + i % 26)} has {new string('x', i % 7)} and ends."));
    internal static readonly GptConfig Config = new() { Layers = 2, Heads = 2, Width = 16, ContextLength = 12 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GptArchitecture.Gpt1, GptWindows.Shuffled)]
    [InlineData(GptArchitecture.Gpt2, GptWindows.Random)]
    public async Task A_text_that_repeats_is_learned(GptArchitecture architecture, GptWindows windows)
    {
        InMemoryCorpus corpus = new(string.Concat(Enumerable.Repeat("the cat sat. ", 40)));
        GptPretrainer pretrainer = new(Letters) { Windows = windows };
        GptModel model = pretrainer.CreateModel(Config with { Architecture = architecture, Width = 32, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0 }, seed: 1);
        TrainingProgress last = await pretrainer.PretrainAsync(model, corpus, new() { Steps = 250, BatchSize = 8, LearningRate = 5e-3, Evaluation = corpus }).RunAsync();
        last.Tokens.Should().Be(250 * 8 * 12);
        // The first letters of a window have little before them: 12 places, of which some cannot be known.
        last.EvaluationLoss.Should().BeLessThan(0.25);
        pretrainer.Evaluate(model, corpus, stride: 1).NatsPerToken.Should().BeLessThan(0.05);
    }

    [Fact]
    public async Task An_untrained_model_is_as_good_as_guessing()
    {
        GptPretrainer pretrainer = new(Letters);
        GptModel model = pretrainer.CreateModel(Config with { InitialDeviation = 0.02 }, seed: 1);
        model.Config.VocabularySize.Should().Be(Letters.Count);
        LanguageModelReport report = pretrainer.Evaluate(model, Corpus);
        report.PerplexityPerToken.Should().BeApproximately(Letters.Count, 0.05 * Letters.Count);

        TrainingProgress first = default;
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, Corpus, new() { Steps = 1 })) first = at;
        first.Loss.Should().BeApproximately(Math.Log(Letters.Count), 0.2);
    }

    [Fact]
    public void A_report_counts_tokens_and_words()
    {
        GptPretrainer pretrainer = new(Letters);
        LanguageModelReport report = pretrainer.Evaluate(pretrainer.CreateModel(Config, seed: 1), new InMemoryCorpus("the cat\nsat.\n"));
        report.Tokens.Should().Be(12, "the first of the 13 has nothing before it");
        report.Words.Should().Be(5);
        report.NatsPerToken.Should().Be(report.Nats / 12);
        report.PerplexityPerWord.Should().Be(Math.Exp(report.Nats / 5));
    }

    [Theory]
    [InlineData(12, 12)]
    [InlineData(12, 5)]
    [InlineData(12, 1)]
    [InlineData(7, 3)]
    public void An_evaluation_is_a_loop_over_logits(int length, int stride)
    {
        GptPretrainer pretrainer = new(Letters) { SequenceLength = length };
        GptModel model = pretrainer.CreateModel(Config with { InitialDeviation = 0.3 }, seed: 2);
        using TokenFile file = TokenFile.Create(Corpus, Letters);
        int[] ids = new int[file.Count];
        file.Read(0, ids);

        double nats = 0;
        int done = 0;
        using TensorArena arena = new(1);
        while (done < ids.Length - 1)
        {
            int end = done == 0 ? length : Math.Min(done + stride, ids.Length - 1), start = end - length;
            using Pass pass = Pass.Inference(arena);
            ReadOnlySpan<float> logits = model.Logits(model.Hidden(pass, ids.AsSpan(start, length), new(1, length))).Data;
            for (; done < end; done++)
            {
                ReadOnlySpan<float> row = logits.Slice((done - start) * Letters.Count, Letters.Count);
                double sum = 0;
                foreach (float logit in row) sum += Math.Exp(logit);
                nats += Math.Log(sum) - row[ids[done + 1]];
            }
        }

        LanguageModelReport report = pretrainer.Evaluate(model, Corpus, stride);
        report.Tokens.Should().Be(ids.Length - 1);
        report.Nats.Should().BeApproximately(nats, 1e-5 * nats);
        pretrainer.Evaluate(model, Corpus, stride, workers: 3).Should().Be(report);
    }

    [Fact]
    public void More_context_helps_and_a_text_shorter_than_a_window_is_one()
    {
        GptPretrainer pretrainer = new(Letters);
        GptModel model = pretrainer.CreateModel(Config with { InitialDeviation = 0.3 }, seed: 2);
        InMemoryCorpus text = new("a cat.");
        pretrainer.Evaluate(model, text).Tokens.Should().Be(6);
        pretrainer.Evaluate(model, text, stride: 1).Should().Be(pretrainer.Evaluate(model, text), "one window holds it all");
    }

    [Fact]
    public void The_windows_of_an_epoch_are_those_of_the_file()
    {
        const int Length = 5, Tokens = 5 * 7 + 3;
        WindowOrder order = new(GptWindows.Shuffled, Tokens, Length, seed: 3);
        order.PerEpoch.Should().Be(7);
        HashSet<string> epochs = [];
        HashSet<long> offsets = [];
        for (int epoch = 0; epoch < 20; epoch++)
        {
            long[] starts = [.. Enumerable.Range(0, 7).Select(i => order.StartOf(epoch * 7 + i))];
            epochs.Add(string.Join(' ', starts));
            long[] sorted = [.. starts.Order()];
            sorted[0].Should().BeInRange(0, Length - 1);
            offsets.Add(sorted[0]);
            for (int i = 1; i < 7; i++) sorted[i].Should().Be(Math.Min(sorted[0] + i * Length, Tokens - Length - 1));
        }

        epochs.Should().HaveCountGreaterThan(15, "each epoch has its own order");
        offsets.Should().HaveCount(Length, "and its own offset");
        WindowOrder later = new(GptWindows.Shuffled, Tokens, Length, seed: 3);
        later.StartOf(100).Should().Be(order.StartOf(100), "a window depends on the seed and its number only");
        Enumerable.Range(0, 7).Select(i => (long)new WindowOrder(GptWindows.Shuffled, Tokens, Length, seed: 4).StartOf(i)).Should().NotEqual(Enumerable.Range(0, 7).Select(i => order.StartOf(i)));
        new WindowOrder(GptWindows.Shuffled, Length + 1, Length, seed: 1).StartOf(9).Should().Be(0, "there is one place for it");
    }

    [Fact]
    public void Random_windows_begin_anywhere()
    {
        WindowOrder order = new(GptWindows.Random, tokens: 20, length: 5, seed: 3);
        long[] starts = [.. Enumerable.Range(0, 1_000).Select(i => order.StartOf(i))];
        starts.Distinct().Order().Should().Equal(Enumerable.Range(0, 15).Select(i => (long)i));
    }

    [Fact]
    public void A_batch_is_what_the_file_holds()
    {
        TokenFile file = TokenFile.Create(Corpus, Letters);
        int[] all = new int[file.Count];
        file.Read(0, all);
        WindowOrder order = new(GptWindows.Shuffled, file.Count, 12, seed: 1);
        GptModel model = new GptPretrainer(Letters).CreateModel(Config with { EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0 }, seed: 1);
        using GptPretrainingTask task = new(model, Letters, file, null, GptWindows.Shuffled, 12, 12, batchSize: 3, seed: 1);
        task.BatchesPerEpoch.Should().Be((order.PerEpoch + 2) / 3);
        using TensorArena arena = new(1);
        for (long batch = 0; batch < 3; batch++)
        {
            double found = LossOf(batch), nats = 0;
            for (int row = 0; row < 3; row++)
            {
                int start = (int)order.StartOf(3 * batch + row);
                using Pass pass = Pass.Inference(arena);
                model.Loss(pass, all.AsSpan(start, 12), all.AsSpan(start + 1, 12), new(1, 12), out TargetStatistics statistics);
                nats += statistics.Sum;
            }

            found.Should().BeApproximately(nats, 1e-4);
        }

        double LossOf(long batch)
        {
            using Pass pass = Pass.Training(arena);
            task.Loss(pass, batch, out BatchStatistics statistics);
            statistics.Targets.Should().Be(36);
            return statistics.Loss;
        }
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
        GptModel.Load(last).Parameters.SelectMany(parameter => parameter.Data.ToArray()).Should().Equal(expected, "a checkpoint is a folder of Hugging Face's");
        Directory.GetFiles(last).Select(Path.GetFileName).Should().Contain(["config.json", "model.safetensors", "optimizer.safetensors", "training.json", "tokenizer.json"]);

        TrainingOptions resume = options with { CheckpointFolder = _folder.File("whole"), Resume = true };
        await new Func<Task>(() => Train(resume with { BatchSize = 5 })).Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run: Identity was*4 sequences a batch*5 sequences a batch*");
    }

    [Fact]
    public async Task Another_text_of_equal_length_is_another_run()
    {
        TrainingOptions options = new() { Steps = 2, CheckpointInterval = 1, CheckpointFolder = _folder.File("run") };
        await Train(options, stop: 1, new InMemoryCorpus("the cat sat on a mat."));
        TrainingOptions resume = options with { Resume = true };
        await new Func<Task>(() => Train(resume, corpus: new InMemoryCorpus("the cat sat on a hat."))).Should().ThrowAsync<ArgumentException>()
            .WithMessage("*belongs to another run: Identity was*22 tokens with the SHA-256*22 tokens with the SHA-256*");
        (await Train(resume, corpus: new InMemoryCorpus("the cat sat on a mat."))).Steps.Should().ContainSingle();
    }

    [Fact]
    public async Task A_cancellation_stops_the_evaluation_of_a_run()
    {
        GptPretrainer pretrainer = new(Letters);
        GptModel model = pretrainer.CreateModel(Config, seed: 1);
        using CancellationTokenSource source = new();
        using GptPretrainingTask task = new(model, Letters, TokenFile.Create(Corpus, Letters), TokenFile.Create(Corpus, Letters), GptWindows.Shuffled, 12, 12, 4, seed: 1);
        using TensorArena arena = new(1);
        double loss = task.Evaluate(arena, source.Token);
        double.IsFinite(loss).Should().BeTrue();
        await source.CancelAsync();
        new Action(() => task.Evaluate(arena, source.Token)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public async Task A_run_resumes_under_another_culture()
    {
        TrainingOptions options = new() { Steps = 2, BatchSize = 4, CheckpointInterval = 1, CheckpointFolder = _folder.File("run") };
        await Train(options, stop: 1);
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            (await Train(options with { Resume = true })).Steps.Should().ContainSingle();
            Config.ToString().Should().Be("GptConfig { Architecture = Gpt1, Layers = 2, Heads = 2, Width = 16, ContextLength = 12, VocabularySize = , TiesOutput = True, EmbeddingDropout = 0.1, " +
                "AttentionDropout = 0.1, ResidualDropout = 0.1, NormEpsilon = 1E-05, InitialDeviation = 0.25 }");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_config_as_text_has_every_value() =>
        typeof(GptConfig).GetProperties(BindingFlags.Instance | BindingFlags.Public).Should().OnlyContain(property => Config.ToString().Contains($" {property.Name} = "));

    [Fact]
    public void A_tokenizer_that_no_checkpoint_can_hold_is_refused_before_the_run()
    {
        GptPretrainer pretrainer = new(new Tokenizer(Letters.Model, new Gpt1Normalizer(), new BertPreTokenizer()));
        GptModel model = pretrainer.CreateModel(Config, seed: 1);
        new Action(() => pretrainer.PretrainAsync(model, Corpus, new() { CheckpointFolder = _folder.File("run") })).Should().Throw<TokenizerException>().WithMessage("*no name for Gpt1Normalizer*");
        new Action(() => pretrainer.PretrainAsync(model, Corpus, new())).Should().NotThrow("nothing is written");
        new Action(() => _ = new GptPretrainer(null!)).Should().Throw<ArgumentNullException>();
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

    [Fact]
    public async Task A_rate_that_is_far_too_high_stops_with_the_step()
    {
        GptPretrainer pretrainer = new(Letters);
        GptModel model = pretrainer.CreateModel(Config with { Architecture = GptArchitecture.Gpt2 }, seed: 1);
        TrainingOptions options = new() { Steps = 50, LearningRate = 1e30, Optimizer = OptimizerKind.Sgd, CheckpointFolder = _folder.File("run"), CheckpointInterval = 1 };
        NonFiniteLossException exception = (await new Func<Task>(() => pretrainer.PretrainAsync(model, Corpus, options).RunAsync()).Should().ThrowAsync<NonFiniteLossException>()).Which;
        exception.Step.Should().BeGreaterThan(1);
        new CheckpointFolder(_folder.File("run")).Latest().Found!.Folder.Should().Be(exception.LastCheckpoint).And.EndWith($"{exception.Step - 1}");
    }

    [Fact]
    public async Task What_cannot_be_trained_on_is_refused()
    {
        GptPretrainer pretrainer = new(Letters);
        GptModel model = pretrainer.CreateModel(Config, seed: 1), other = new(Config with { VocabularySize = 7 }, seed: 1), extended = model.Extend(3, seed: 1);
        await Refuses<CorpusException>(pretrainer, model, new(""), "The corpus has no text*");
        await Refuses<CorpusException>(pretrainer, model, new("cat sat here"[..11]), "The corpus for training has 12 tokens; one window and the token behind it are 13*");
        await Refuses<ArgumentException>(pretrainer, other, Corpus, $"The model has 7 tokens and the tokenizer {Letters.Count}*");
        await Refuses<ArgumentException>(pretrainer, extended, Corpus, "The model has *");
        await Refuses<ArgumentException>(new(Letters) { SequenceLength = 13 }, model, Corpus, "SequenceLength is 13; it must be from 1 to the model's context, 12*");
        await Refuses<ArgumentException>(new(Letters) { EvaluationStride = 13 }, model, Corpus, "The stride of the evaluation is 13*");
        await Refuses<ArgumentException>(new(Letters) { EndOfText = "<end>" }, model, Corpus, "The tokenizer has no token \"<end>\"*");
        new Action(() => pretrainer.CreateModel(Config with { VocabularySize = 7 }, 1)).Should().Throw<ArgumentException>().WithMessage($"The config has 7 tokens and the tokenizer {Letters.Count}; set it to null*");
        new Action(() => pretrainer.Evaluate(other, Corpus)).Should().Throw<ArgumentException>().WithMessage("The model has 7 tokens*");
        new Action(() => new GptPretrainer(Letters).Evaluate(model, new InMemoryCorpus(""))).Should().Throw<CorpusException>();
        pretrainer.Evaluate(extended, Corpus).Tokens.Should().BePositive("the tokens of a task do not stand in the way of a measurement");

        static async Task Refuses<TException>(GptPretrainer pretrainer, GptModel model, InMemoryCorpus corpus, string message) where TException : Exception =>
            await new Func<Task>(() => pretrainer.PretrainAsync(model, corpus, new() { Steps = 1, Workers = 1 }).RunAsync()).Should().ThrowAsync<TException>().WithMessage(message);
    }

    [Theory]
    [InlineData(768, 2.5e-4)]
    [InlineData(384, 5e-4)]
    [InlineData(64, 1e-3)]
    public void The_rate_falls_with_the_width(int width, double rate)
    {
        TrainingDefaults defaults = GptPretrainer.DefaultsFor(Config with { Width = width });
        defaults.LearningRate.Should().BeApproximately(rate, 1e-12);
        defaults.Schedule(200)(0.1).Should().Be(1, "a tenth of a short run warms up");
        defaults.Schedule(200_000)(0.01).Should().Be(1, "2,000 steps of a long one do");
        defaults.Schedule(200)(1).Should().BeApproximately(0, 1e-12);
    }

    private static async Task<(float[] Weights, List<TrainingProgress> Steps)> Train(TrainingOptions options, int stop = int.MaxValue, ICorpus? corpus = null)
    {
        GptPretrainer pretrainer = new(Letters);
        GptModel model = pretrainer.CreateModel(Config, seed: 1);
        List<TrainingProgress> all = [];
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, corpus ?? Corpus, options))
        {
            all.Add(at);
            if (at.Step == stop) break;
        }

        return ([.. model.Parameters.SelectMany(parameter => parameter.Data.ToArray())], all);
    }

    private static Tokenizer Characters(string alphabet) =>
        new(new BytePairModel(alphabet.Select(character => character.ToString()), [], new BytePairOptions { UnknownPiece = "." }));
}
