using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo.Tests;

[Collection(nameof(Alone))]
public sealed class PretrainerMemoryTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(false, 5)]
    [InlineData(true, null)]
    public void A_step_allocates_nothing(bool readsCharacters, int? sampled)
    {
        ElmoConfig config = (readsCharacters ? PretrainingTexts.Characters : PretrainingTexts.Words) with { Dropout = 0.1f };
        ElmoPretrainer pretrainer = new(PretrainingTexts.Vocabulary, PretrainingTexts.Tokenizer);
        ElmoLanguageModel model = pretrainer.CreateModel(config, seed: 1);
        SentenceRing ring = SentenceRing.Create(PretrainingTexts.Corpus, PretrainingTexts.Tokenizer, PretrainingTexts.Vocabulary.Words, PretrainingTexts.Vocabulary.UnknownId, 1, default);
        using ElmoPretrainingTask task = new(model, PretrainingTexts.Vocabulary, ring, new(ring, model.Model.Config, PretrainingTexts.Vocabulary, PretrainingTexts.Vocabulary.Words, 4, 20), null, sampled, restartProbability: 0.5, seed: 1);
        using TensorArena arena = new(2);
        Adam optimizer = new(arena, task.Group(0));
        int batch = 0;
        for (int step = 0; step < 30; step++) Step(step);

        Allocations.CheckNone(Step);

        void Step(int _)
        {
            using Pass pass = Pass.Training(arena, 1, (ulong)batch);
            task.Loss(pass, batch++, out BatchStatistics statistics).Backward();
            optimizer.Step(1e-3, maximumNorm: 10);
        }
    }

    [Fact]
    public async Task A_corpus_is_streamed()
    {
        long most = 0;
        IEnumerable<string> Documents()
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (i % 4_000 == 3_999) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                yield return string.Concat(Enumerable.Repeat("w1 w2 w3 w4 ", 100));
            }
        }

        ElmoPretrainer pretrainer = new(PretrainingTexts.Vocabulary, PretrainingTexts.Tokenizer);
        ElmoLanguageModel model = pretrainer.CreateModel(PretrainingTexts.Words, seed: 1);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, new StreamedCorpus(Documents), new() { Steps = 1, Workers = 1, BatchSize = 2 }))
        {
            at.Step.Should().Be(1);
        }

        (most - before).Should().BeLessThan(16 << 20, "the text has 24 million bytes, and its ids 32 million");
    }

    private sealed class StreamedCorpus(Func<IEnumerable<string>> documents) : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0) => documents().Select((text, i) => new Passage(i, text));
    }
}
