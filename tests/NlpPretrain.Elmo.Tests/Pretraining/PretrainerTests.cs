using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo.Tests;

public sealed class PretrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, OptimizerKind.Adam, 1e-2)]
    [InlineData(6, OptimizerKind.Adam, 1e-2)]
    [InlineData(null, OptimizerKind.Adagrad, 0.2)]
    public async Task A_tiny_language_is_learned(int? sampled, OptimizerKind optimizer, double rate)
    {
        // After a word comes one of two, and before it the same: far fewer than the language has.
        InMemoryCorpus corpus = new(Enumerable.Range(0, 400).Select(i => string.Join(' ', Enumerable.Range(0, 6).Select(k => $"{"abcdefghij"[(i % 7 + k + i * k / 11 % 2) % 10]}"))));
        ElmoPretrainer pretrainer = PretrainerOf(corpus, sampled);
        ElmoLanguageModel model = pretrainer.CreateModel(PretrainingTexts.Words with { Cells = 48, Projection = 16 }, seed: 1);
        double unigram = UnigramOf(corpus);
        ElmoEvaluation before = pretrainer.Evaluate(model, corpus);
        TrainingProgress last = await pretrainer.PretrainAsync(model, corpus, new() { Steps = 300, BatchSize = 8, LearningRate = rate, Optimizer = optimizer, Evaluation = corpus }).RunAsync();

        last.Tokens.Should().Be(300 * 8 * 20);
        before.NatsPerWord.Should().BeGreaterThan(unigram);
        ElmoEvaluation after = pretrainer.Evaluate(model, corpus);
        after.Forward.NatsPerToken.Should().BeLessThan(0.6 * unigram);
        after.Backward.NatsPerToken.Should().BeLessThan(0.6 * unigram);
        last.EvaluationLoss.Should().Be(after.NatsPerWord);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Losses_of_both_directions_are_a_plain_loop_over_the_text(bool readsCharacters)
    {
        ElmoPretrainer pretrainer = PretrainerOf(PretrainingTexts.Vocabulary);
        ElmoLanguageModel model = pretrainer.CreateModel(readsCharacters ? PretrainingTexts.Characters : PretrainingTexts.Words, seed: 1);
        ElmoEvaluation found = pretrainer.Evaluate(model, PretrainingTexts.Corpus);

        (double forward, double backward, int count) = new PlainLanguageModel(model, PretrainingTexts.Vocabulary).LossesOf(PretrainingTexts.SentencesOf(PretrainingTexts.Corpus));
        (found.Forward.Tokens, found.Backward.Tokens, found.Forward.Words).Should().Be((count, count, count));
        found.Forward.Nats.Should().BeApproximately(forward, 1e-5 * forward);
        found.Backward.Nats.Should().BeApproximately(backward, 1e-5 * backward);
        found.NatsPerWord.Should().Be((found.Forward.Nats + found.Backward.Nats) / (2 * count));
        pretrainer.Evaluate(model, PretrainingTexts.Corpus, workers: 3).Should().Be(found);
    }

    [Fact]
    public void Parts_of_a_text_that_are_read_side_by_side_know_what_is_before_them()
    {
        InMemoryCorpus corpus = new(Enumerable.Range(0, 900).Select(i => string.Join(' ', Enumerable.Range(0, 1 + i * 7 % 9).Select(k => $"w{i * (k + 3) % 17}"))));
        ElmoPretrainer pretrainer = PretrainerOf(PretrainingTexts.Vocabulary);
        ElmoLanguageModel model = pretrainer.CreateModel(PretrainingTexts.Words, seed: 1);
        ElmoEvaluation found = pretrainer.Evaluate(model, corpus);
        found.Forward.Tokens.Should().BeGreaterThan(2 * 1_024, "there are several parts");
        (double forward, double backward, int count) = new PlainLanguageModel(model, PretrainingTexts.Vocabulary).LossesOf(PretrainingTexts.SentencesOf(corpus));
        found.Forward.Tokens.Should().Be(count);
        found.Forward.Nats.Should().BeApproximately(forward, 1e-5 * forward);
        found.Backward.Nats.Should().BeApproximately(backward, 1e-5 * backward);
    }

    [Fact]
    public void Batches_carry_the_states_of_both_directions()
    {
        // Two windows of ten steps, one after the other, are one of twenty.
        ElmoLanguageModel model = PretrainerOf(PretrainingTexts.Vocabulary).CreateModel(PretrainingTexts.Words, seed: 1);
        using TensorArena arena = new(1);
        using ElmoPretrainingTask halves = TaskOf(model, streams: 3, steps: 10, seed: 5), whole = TaskOf(model, streams: 3, steps: 20, seed: 5);
        for (int batch = 0; batch < 4; batch++)
        {
            double parts = LossOf(halves, 2 * batch) + LossOf(halves, 2 * batch + 1);
            parts.Should().BeApproximately(LossOf(whole, batch), 1e-4);
        }

        double LossOf(ElmoPretrainingTask task, long batch)
        {
            using Pass pass = Pass.Training(arena);
            Tensor loss = task.Loss(pass, batch, out BatchStatistics statistics);
            statistics.Targets.Should().Be(2 * statistics.Tokens);
            loss.Item.Should().BeApproximately((float)(statistics.Mean * statistics.Tokens / 3), 1e-3f, "it is summed over the steps of a window");
            return statistics.Loss;
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 6, 18)]
    [InlineData(1, 24, 24)]
    public void A_stream_begins_a_batch_anew_with_the_probability_of_a_restart(double probability, int least, int most)
    {
        const int streams = 3, batches = 8;
        ElmoLanguageModel model = PretrainerOf(PretrainingTexts.Vocabulary).CreateModel(PretrainingTexts.Words, seed: 1);
        using TensorArena arena = new(1);
        using ElmoPretrainingTask task = TaskOf(model, streams, steps: 10, seed: 5, probability);
        StatesAfter(task, batch: 0);
        int restarts = 0;
        for (int batch = 1; batch <= batches; batch++)
        {
            using ElmoPretrainingTask anew = TaskOf(model, streams, steps: 10, seed: 5);
            restarts += StatesAfter(task, batch).Zip(StatesAfter(anew, batch)).Count(pair => pair.First.SequenceEqual(pair.Second));
        }

        restarts.Should().BeInRange(least, most);

        float[][] StatesAfter(ElmoPretrainingTask task, long batch)
        {
            using Pass pass = Pass.Training(arena);
            task.Loss(pass, batch, out _);
            return [.. Enumerable.Range(0, streams).Select(stream => (float[])[.. Of(task.States, ElmoDirection.Forward, stream), .. Of(task.States, ElmoDirection.Backward, stream)])];
        }

        static IEnumerable<float> Of(ElmoStates states, ElmoDirection direction, int stream) => Enumerable.Range(0, PretrainingTexts.Words.Layers).SelectMany(layer =>
            (IEnumerable<float>)[.. Part(states.Cells(direction, layer), stream), .. Part(states.Hidden(direction, layer), stream)]);

        static float[] Part(Span<float> all, int stream) => all.Slice(stream * all.Length / streams, all.Length / streams).ToArray();
    }

    [Fact]
    public void An_epoch_reads_every_step_of_the_text()
    {
        ElmoLanguageModel model = PretrainerOf(PretrainingTexts.Vocabulary).CreateModel(PretrainingTexts.Words, seed: 1);
        using SentenceRing ring = Ring();
        using ElmoPretrainingTask task = TaskOf(model, streams: 3, steps: 7, seed: 1);
        task.BatchesPerEpoch.Should().Be((ring.Count + 20) / 21);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public async Task A_resumed_run_has_the_bits_of_one_that_was_never_interrupted(int? sampled)
    {
        TrainingOptions options = new() { Steps = 5, BatchSize = 4, Accumulation = 2, CheckpointInterval = 1, Evaluation = PretrainingTexts.Corpus, EvaluationInterval = 2 };
        (float[] expected, List<TrainingProgress> whole) = await Train(options with { CheckpointFolder = _folder.File("whole") }, sampled: sampled);
        for (int stop = 1; stop < 5; stop++)
        {
            TrainingOptions parted = options with { CheckpointFolder = _folder.File($"{stop}") };
            await Train(parted, stop, sampled);
            (float[] found, List<TrainingProgress> rest) = await Train(parted with { Resume = true }, sampled: sampled);
            found.Should().Equal(expected);
            rest.Select(at => (at.Step, at.Loss, at.Tokens, at.EvaluationLoss)).Should().Equal(whole.Skip(stop).Select(at => (at.Step, at.Loss, at.Tokens, at.EvaluationLoss)));
        }

        string last = new CheckpointFolder(_folder.File("whole")).Latest().Found!.Folder;
        ElmoLanguageModel.Load(last).Parameters.SelectMany(parameter => parameter.Data.ToArray()).Should().Equal(expected);
        ElmoVocabulary.Load(last).Words.Words.Should().Equal(PretrainingTexts.Vocabulary.Words.Words);
        Directory.GetFiles(last).Select(Path.GetFileName).Should().Contain(["config.json", "model.safetensors", "vocabulary.txt", "states.safetensors", "optimizer.safetensors", "training.json"]);

        TrainingOptions resume = options with { CheckpointFolder = _folder.File("whole"), Resume = true };
        await new Func<Task>(() => Train(resume with { BatchSize = 5 }, sampled: sampled)).Should().ThrowAsync<ArgumentException>().WithMessage("*belongs to another run: Identity was*4 streams of 20*5 streams of 20*");
    }

    [Fact]
    public async Task A_checkpoint_has_the_states_of_both_directions()
    {
        TrainingOptions options = new() { Steps = 3, BatchSize = 4, CheckpointInterval = 1, CheckpointFolder = _folder.File("run") };
        await Train(options, stop: 2);
        string states = Path.Combine(new CheckpointFolder(_folder.File("run")).Latest().Found!.Folder, "states.safetensors");
        using SafeTensorsReader reader = SafeTensorsReader.Open(states);
        float[] cells = new float[4 * 24];
        reader.Read("backward.1.cell", cells);
        cells.Should().OnlyContain(value => value != 0 && Math.Abs(value) <= 3);
        reader.Tensors.Select(tensor => tensor.Name).Should().HaveCount(8);
    }

    [Fact]
    public async Task Any_number_of_workers_gives_the_same_bits_and_another_seed_other_windows()
    {
        TrainingOptions options = new() { Steps = 3, BatchSize = 8, Workers = 1, Evaluation = PretrainingTexts.Corpus };
        (float[] expected, List<TrainingProgress> one) = await Train(options, readsCharacters: true);
        for (int workers = 2; workers <= 3; workers++)
        {
            (float[] found, List<TrainingProgress> some) = await Train(options with { Workers = workers }, readsCharacters: true);
            found.Should().Equal(expected);
            some.Select(at => (at.Loss, at.EvaluationLoss)).Should().Equal(one.Select(at => (at.Loss, at.EvaluationLoss)));
        }

        (await Train(options with { Seed = 2 }, readsCharacters: true)).Steps[0].Loss.Should().NotBe(one[0].Loss);
    }

    [Fact]
    public async Task What_cannot_be_trained_on_is_refused()
    {
        ElmoVocabulary vocabulary = PretrainingTexts.Vocabulary, other = ElmoVocabulary.Create(WordVocabulary.Create(["b", "a"], [3, 8]));
        ElmoPretrainer pretrainer = PretrainerOf(vocabulary);
        ElmoLanguageModel model = pretrainer.CreateModel(PretrainingTexts.Words, seed: 1);
        await Refuses<CorpusException>(pretrainer, model, new(""), "The corpus has no words*");
        await Refuses<CorpusException>(pretrainer, model, new("one two"), "The corpus for training has 3 words and ends of sentences; its streams read 640 in one batch*TrainingOptions.BatchSize*");
        await Refuses<ArgumentException>(PretrainerOf(other), model, PretrainingTexts.Corpus, "The model has 17 words and the vocabulary 5*");
        await Refuses<ArgumentException>(PretrainerOf(vocabulary, unrollSteps: 0), model, PretrainingTexts.Corpus, "UnrollSteps is 0; it must be from 1*");
        await Refuses<ArgumentException>(new(vocabulary, PretrainingTexts.Tokenizer) { RestartProbability = 1.5 }, model, PretrainingTexts.Corpus, "RestartProbability is 1.5; it must be from 0 to 1*");
        await Refuses<ArgumentException>(new(vocabulary, PretrainingTexts.Tokenizer) { RestartProbability = double.NaN }, model, PretrainingTexts.Corpus, "RestartProbability is NaN*");
        await Refuses<ArgumentException>(PretrainerOf(vocabulary, sampled: 18), model, PretrainingTexts.Corpus, "SampledWords is 18; it must be from 1 to the vocabulary's 17 words*");
        await Refuses<ArgumentException>(PretrainerOf(other, sampled: 2), PretrainerOf(other).CreateModel(PretrainingTexts.Words, 1), PretrainingTexts.Corpus,
            "The vocabulary is not in the order of falling frequency: word 4, 'a', is there 8 times and word 3, 'b', before it 3 times*SampledWords*");
        new Action(() => pretrainer.CreateModel(PretrainingTexts.Words with { VocabularySize = 7 }, 1)).Should().Throw<ArgumentException>().WithMessage("The config has 7 words and the vocabulary 17*");
        new Action(() => PretrainerOf(other).Evaluate(model, PretrainingTexts.Corpus)).Should().Throw<ArgumentException>().WithMessage("The model has 17 words*");
        new Action(() => pretrainer.Evaluate(model, new InMemoryCorpus(" "))).Should().Throw<CorpusException>();

        static async Task Refuses<TException>(ElmoPretrainer pretrainer, ElmoLanguageModel model, InMemoryCorpus corpus, string message) where TException : Exception =>
            await new Func<Task>(() => pretrainer.PretrainAsync(model, corpus, new() { Steps = 1, Workers = 1 }).RunAsync()).Should().ThrowAsync<TException>().WithMessage(message);
    }

    private static async Task<(float[] Weights, List<TrainingProgress> Steps)> Train(TrainingOptions options, int stop = int.MaxValue, int? sampled = null, bool readsCharacters = false)
    {
        ElmoPretrainer pretrainer = PretrainerOf(PretrainingTexts.Vocabulary, sampled);
        ElmoLanguageModel model = pretrainer.CreateModel((readsCharacters ? PretrainingTexts.Characters : PretrainingTexts.Words) with { Dropout = 0.1f }, seed: 1);
        List<TrainingProgress> all = [];
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, PretrainingTexts.Corpus, options))
        {
            all.Add(at);
            if (at.Step == stop) break;
        }

        return ([.. model.Parameters.SelectMany(parameter => parameter.Data.ToArray())], all);
    }

    private static SentenceRing Ring() => SentenceRing.Create(PretrainingTexts.Corpus, PretrainingTexts.Tokenizer, PretrainingTexts.Vocabulary.Words, PretrainingTexts.Vocabulary.UnknownId, 1, default);

    private static ElmoPretrainingTask TaskOf(ElmoLanguageModel model, int streams, int steps, ulong seed, double restarts = 0)
    {
        SentenceRing ring = Ring();
        return new(model, PretrainingTexts.Vocabulary, ring, new(ring, model.Model.Config, PretrainingTexts.Vocabulary, PretrainingTexts.Vocabulary.Words, streams, steps), null, null, restarts, seed);
    }

    private static ElmoPretrainer PretrainerOf(ElmoVocabulary vocabulary, int? sampled = null, int unrollSteps = 20) => new(vocabulary, PretrainingTexts.Tokenizer) { SampledWords = sampled, UnrollSteps = unrollSteps };

    private static ElmoPretrainer PretrainerOf(ICorpus corpus, int? sampled) => PretrainerOf(ElmoVocabulary.Create(WordVocabulary.Build(corpus, PretrainingTexts.Tokenizer, new() { MinCount = 1 })), sampled);

    private static double UnigramOf(ICorpus corpus)
    {
        string[] all = [.. PretrainingTexts.SentencesOf(corpus).SelectMany(words => words.Append("</S>"))];
        return all.CountBy(word => word).Sum(pair => -pair.Value * Math.Log((double)pair.Value / all.Length)) / all.Length;
    }
}
