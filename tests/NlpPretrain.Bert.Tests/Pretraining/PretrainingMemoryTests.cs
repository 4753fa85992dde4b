using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests;

[Collection(nameof(Alone))]
public sealed class PretrainingMemoryTests
{
    private const int StepsOfRound = 10, BatchSize = 8;

    [Fact]
    public async Task A_steady_step_allocates_nothing_on_any_thread()
    {
        BertPretrainer pretrainer = new(ToyText.English) { Data = BertPretrainerTests.Data };
        BertPretrainingModel model = pretrainer.CreateModel(BertPretrainerTests.Config with { Layers = 1 }, seed: 1);
        using BertPretrainingData data = BertPretrainingData.Create(BertPretrainerTests.Corpus, ToyText.English, BertPretrainerTests.Data);
        int firstSteps = 2 * data.Count / BatchSize;                        // every length of a batch has come
        await using IAsyncEnumerator<TrainingProgress> steps = pretrainer.PretrainAsync(model, BertPretrainerTests.Corpus,
            new() { Steps = firstSteps + StepsOfRound * Allocations.MostRounds, Workers = 2, BatchSize = BatchSize, Accumulation = 2 }).GetAsyncEnumerator();
        for (int step = 0; step < firstSteps; step++) await steps.MoveNextAsync();

        await Allocations.CheckNoneAsync(steps.MoveNextAsync, StepsOfRound);
    }

    [Fact]
    public void A_corpus_is_streamed()
    {
        long most = 0;
        IEnumerable<Passage> Passages()
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (i % 5_000 == 4_999) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                for (int sentence = 0; sentence < 10; sentence++) yield return new Passage(i, "ak bl cm dn ek fl gm hn ik jl ak bl cm dn ek fl gm hn ik jl");
            }
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        using BertPretrainingData data = BertPretrainingData.Create(new StreamedCorpus(Passages), ToyText.English, new() { DuplicateFactor = 1 }, workers: 1);
        most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        data.Count.Should().BeGreaterThan(30_000);
        (most - before).Should().BeLessThan(8 << 20, "the text has 12 million characters, and its tokens 16 million bytes");
    }

    private sealed class StreamedCorpus(Func<IEnumerable<Passage>> passages) : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0) => passages();
    }
}
