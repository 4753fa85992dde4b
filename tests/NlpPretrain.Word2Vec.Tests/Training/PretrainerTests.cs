using NlpPretrain.Serialization;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec.Tests.Training;

public sealed class PretrainerTests
{
    private static readonly Word2VecConfig Small = new() { Dimensions = 24, Subsampling = 0.01 };

    [Theory]
    [InlineData(Word2VecArchitecture.SkipGram, Word2VecObjective.NegativeSampling)]
    [InlineData(Word2VecArchitecture.Cbow, Word2VecObjective.HierarchicalSoftmax)]
    public async Task Any_number_of_workers_gives_the_same_bits(Word2VecArchitecture architecture, Word2VecObjective objective)
    {
        Word2VecConfig config = Small with { Architecture = architecture, Objective = objective };
        string[] hashes = new string[3];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Samples.Hash(await Samples.Train(config, Samples.Corpus(), new() { Epochs = 2, Workers = new[] { 1, 2, 5 }[i] }));

        hashes.Should().AllBe(hashes[0]);
        hashes[0].Should().NotBe(Samples.Hash(await Samples.Train(config, Samples.Corpus(), new() { Epochs = 2, Seed = 2 })));
    }

    /// <summary>The bits of a run, whatever the processor; a child process runs this with other instruction sets and cultures.</summary>
    [Fact]
    public async Task The_bits_of_a_run_are_fixed()
    {
        ChildProcess.CheckCulture();
        Word2VecModel model = await Samples.Train(Small, Samples.Corpus(sentences: 100), new() { Epochs = 1 });
        Word2VecModel tree = await Samples.Train(
            Small with { Architecture = Word2VecArchitecture.Cbow, Objective = Word2VecObjective.HierarchicalSoftmax }, Samples.Corpus(sentences: 100), new() { Epochs = 1 });

        $"{Samples.Hash(model)} {Samples.Hash(tree)}".Should().Be("4ED59CB056D34E8A 659671E0235FABC3");
    }

    [Theory]
    [MemberData(nameof(ChildProcess.Settings), MemberType = typeof(ChildProcess))]
    public Task Instruction_sets_JIT_settings_and_cultures_do_not_change_the_bits(string variable, string value) =>
        ChildProcess.RunAsync<PretrainerTests>(nameof(The_bits_of_a_run_are_fixed), cases: 1, (variable, value));

    [Theory]
    [InlineData(Word2VecArchitecture.SkipGram, Word2VecObjective.NegativeSampling, Word2VecUpdates.Reproducible)]
    [InlineData(Word2VecArchitecture.SkipGram, Word2VecObjective.NegativeSampling, Word2VecUpdates.LockFree)]
    [InlineData(Word2VecArchitecture.SkipGram, Word2VecObjective.HierarchicalSoftmax, Word2VecUpdates.LockFree)]
    [InlineData(Word2VecArchitecture.Cbow, Word2VecObjective.NegativeSampling, Word2VecUpdates.Reproducible)]
    [InlineData(Word2VecArchitecture.Cbow, Word2VecObjective.HierarchicalSoftmax, Word2VecUpdates.Reproducible)]
    public async Task Words_in_the_same_company_become_neighbours(Word2VecArchitecture architecture, Word2VecObjective objective, Word2VecUpdates updates)
    {
        // Two groups of words that never meet: each word's nearest neighbours must be of its own group.
        Random random = new(1);
        InMemoryCorpus corpus = new(Enumerable.Range(0, 3_000).Select(i => string.Join(' ', Enumerable.Range(0, 10).Select(_ => $"{(i % 2 == 0 ? 'a' : 'b')}{random.Next(10)}"))));
        WordVectors vectors = (await Samples.Train(new() { Architecture = architecture, Objective = objective, Dimensions = 16, Subsampling = 0 }, corpus, new() { Epochs = 5 }, updates)).ToWordVectors();

        for (int word = 0; word < 10; word++)
        {
            vectors.Similarity($"a{word}", $"a{(word + 1) % 10}").Should().BeGreaterThan(vectors.Similarity($"a{word}", $"b{word}") + 0.3f);
        }
    }

    [Fact]
    public async Task Progress_counts_every_word_of_every_epoch_and_the_loss_falls()
    {
        InMemoryCorpus corpus = Samples.Corpus(sentences: 2_000);
        WordVocabulary vocabulary = Samples.Vocabulary(corpus);
        Word2VecPretrainer pretrainer = new(vocabulary, Samples.Tokenizer);
        Word2VecModel model = pretrainer.CreateModel(Small, 1);
        double before = pretrainer.EvaluateLoss(model, corpus);
        List<TrainingProgress> reports = [];
        await foreach (TrainingProgress report in pretrainer.PretrainAsync(model, corpus, new() { Epochs = 3, Evaluation = corpus })) reports.Add(report);

        before.Should().BeApproximately(6 * Math.Log(2), 1e-6, "output rows are zero, so each of six decisions costs log 2");
        reports.Select(report => report.Step).Should().Equal(Enumerable.Range(1, reports.Count).Select(i => (long)i));
        reports[^1].Step.Should().Be(reports[^1].TotalSteps);
        reports[^1].Tokens.Should().Be(3 * vocabulary.TotalWords);
        reports[^1].LearningRate.Should().BeApproximately(0.0001, 1e-6);
        reports[^1].Remaining.Should().Be(TimeSpan.Zero);
        reports[^1].EvaluationLoss.Should().Be(pretrainer.EvaluateLoss(model, corpus)).And.BeLessThan(before);
        reports.SkipLast(1).Should().OnlyContain(report => report.EvaluationLoss == null);
    }

    [Fact]
    public async Task A_run_that_was_cut_off_resumes_to_the_same_bits()
    {
        using TemporaryFolder folder = new();
        InMemoryCorpus corpus = Samples.Corpus(sentences: 2_000);
        Word2VecPretrainer pretrainer = new(Samples.Vocabulary(corpus), Samples.Tokenizer);
        TrainingOptions options = new() { Epochs = 2, CheckpointFolder = folder.File("checkpoints"), CheckpointInterval = 3 };
        string whole = Samples.Hash(await Samples.Train(Small, corpus, new() { Epochs = 2 }));

        Word2VecModel first = pretrainer.CreateModel(Small, 1);
        await foreach (TrainingProgress report in pretrainer.PretrainAsync(first, corpus, options))
        {
            if (report.Step == 8) break;
        }

        Word2VecModel second = pretrainer.CreateModel(Small, seed: 99);
        List<TrainingProgress> rest = [];
        await foreach (TrainingProgress report in pretrainer.PretrainAsync(second, corpus, options with { Resume = true })) rest.Add(report);

        rest[0].Step.Should().Be(7, "the newest checkpoint is of step 6");
        Samples.Hash(second).Should().Be(whole);
        Samples.Hash(Word2VecModel.Load(Directory.GetDirectories(folder.File("checkpoints")).Max()!)).Should().Be(whole);

        Func<Task> otherSeed = () => pretrainer.PretrainAsync(second, corpus, options with { Resume = true, Seed = 2 }).RunAsync();
        await otherSeed.Should().ThrowAsync<ArgumentException>().WithMessage("*another run*");
    }

    [Fact]
    public async Task A_stopped_run_keeps_what_was_learned()
    {
        InMemoryCorpus corpus = Samples.Corpus(sentences: 2_000);
        Word2VecPretrainer pretrainer = new(Samples.Vocabulary(corpus), Samples.Tokenizer);
        Word2VecModel model = pretrainer.CreateModel(Small, 1);
        string untrained = Samples.Hash(model);
        using CancellationTokenSource stop = new();

        Func<Task> run = async () =>
        {
            await foreach (TrainingProgress report in pretrainer.PretrainAsync(model, corpus, new(), stop.Token)) await stop.CancelAsync();
        };

        await run.Should().ThrowAsync<OperationCanceledException>();
        Samples.Hash(model).Should().NotBe(untrained);
    }

    [Fact]
    public async Task A_model_comes_back_from_its_folder_and_learns_new_words()
    {
        using TemporaryFolder folder = new();
        InMemoryCorpus corpus = Samples.Corpus();
        Word2VecModel model = await Samples.Train(Small, corpus, new() { Epochs = 1 });
        model.Save(folder.Path);
        Word2VecModel loaded = Word2VecModel.Load(folder.Path);

        Samples.Hash(loaded).Should().Be(Samples.Hash(model));
        loaded.Config.Should().Be(model.Config);

        InMemoryCorpus more = new(Enumerable.Repeat("w1 new w2 newer", 50));
        WordVocabulary extended = loaded.Vocabulary.Extend(more, Samples.Tokenizer, new WordVocabularyOptions { MinCount = 1 });
        Word2VecModel larger = loaded.WithVocabulary(extended, seed: 2);
        larger.Inputs[3].ToArray().Should().Equal(loaded.Inputs[3].ToArray());
        larger.Vocabulary.IdOf("newer").Should().BeGreaterThanOrEqualTo(loaded.Vocabulary.Count);
        await new Word2VecPretrainer(extended, Samples.Tokenizer).PretrainAsync(larger, more, new() { Epochs = 2 }).RunAsync();
        int known = extended.IdOf("w1");
        larger.Inputs[known].ToArray().Should().NotEqual(loaded.Inputs[known].ToArray());
        ((Action)(() => loaded.WithVocabulary(Samples.Vocabulary(more), 1))).Should().Throw<ArgumentException>().WithMessage("*Extend*");
    }

    [Theory]
    [InlineData("{", "*config*")]
    [InlineData("{\"model_type\":\"gpt\"}", "*config*")]
    [InlineData("null", "*config*")]
    public async Task A_malformed_config_is_named(string json, string message)
    {
        using TemporaryFolder folder = new();
        (await Samples.Train(Small, Samples.Corpus(), new() { Epochs = 1 })).Save(folder.Path);
        folder.Write("config.json", json);

        ((Action)(() => Word2VecModel.Load(folder.Path))).Should().Throw<ModelFormatException>().WithMessage(message).Which.Path.Should().EndWith("config.json");
    }

    [Fact]
    public async Task A_config_of_another_size_is_refused()
    {
        using TemporaryFolder folder = new();
        (await Samples.Train(Small, Samples.Corpus(), new() { Epochs = 1 })).Save(folder.Path);
        folder.Write("config.json", File.ReadAllText(folder.File("config.json")).Replace("24", "25", StringComparison.Ordinal));

        ((Action)(() => Word2VecModel.Load(folder.Path))).Should().Throw<ModelFormatException>();
    }

    [Fact]
    public async Task What_cannot_be_trained_on_is_said_clearly()
    {
        InMemoryCorpus corpus = Samples.Corpus();
        Word2VecPretrainer pretrainer = new(Samples.Vocabulary(corpus), Samples.Tokenizer);
        Word2VecModel model = pretrainer.CreateModel(Small, 1);

        await Refused<CorpusException>(new InMemoryCorpus(), new(), "*no words*");
        await Refused<CorpusException>(new InMemoryCorpus("nothing known here"), new(), "None of the corpus' 3 words*");
        await Refused<ArgumentException>(corpus, new() { GradientClipping = 1 }, "*TrainingOptions.GradientClipping*");
        await Refused<ArgumentException>(corpus, new() { Optimizer = OptimizerKind.Adam }, "*TrainingOptions.Optimizer*");
        await Refused<ArgumentException>(corpus, new() { Accumulation = 2 }, "*TrainingOptions.Accumulation*");
        await Refused<ArgumentException>(corpus, new() { EvaluationInterval = 2 }, "*TrainingOptions.Evaluation*");
        await Refused<ArgumentException>(corpus, new() { Steps = 1, Epochs = 1 }, "*Steps*Epochs*");
        await Refused<ArgumentException>(corpus, new() { Workers = 0 }, "*TrainingOptions.Workers*");
        ((Action)(() => pretrainer.CreateModel(Small with { Dimensions = 0 }, 1))).Should().Throw<ArgumentException>().WithMessage("Dimensions is 0*1*65536*Word2VecConfig.Dimensions*");
        ((Action)(() => pretrainer.CreateModel(Small with { NoiseExponent = double.NaN }, 1))).Should().Throw<ArgumentException>();

        Word2VecPretrainer other = new(Samples.Vocabulary(new InMemoryCorpus("quite other words")), Samples.Tokenizer);
        Func<Task> otherWords = () => other.PretrainAsync(model, corpus, new()).RunAsync();
        await otherWords.Should().ThrowAsync<ArgumentException>().WithMessage("*3*Word2VecModel.Vocabulary*");
        ((Action)(() => other.EvaluateLoss(model, corpus))).Should().Throw<ArgumentException>().WithMessage("*Word2VecModel.Vocabulary*");

        async Task Refused<T>(ICorpus text, TrainingOptions options, string message)
            where T : Exception
        {
            Func<Task> run = () => pretrainer.PretrainAsync(model, text, options).RunAsync();
            await run.Should().ThrowAsync<T>().WithMessage(message);
        }
    }

    [Fact]
    public async Task One_word_and_very_long_sentences_train_too()
    {
        await Samples.Train(Small, new InMemoryCorpus("a a a a a"), new() { Epochs = 1 });
        await Samples.Train(Small with { Objective = Word2VecObjective.HierarchicalSoftmax }, new InMemoryCorpus("a a a a a"), new() { Epochs = 1 });
        Word2VecModel model = await Samples.Train(Small, new InMemoryCorpus(string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"w{i % 70}"))), new() { Epochs = 1 });
        model.Vocabulary.Count.Should().Be(70);
    }
}
