using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests;

[Collection(nameof(Alone))]
public sealed class PretrainerMemoryTests
{
    [Fact]
    public async Task A_corpus_is_streamed()
    {
        long most = 0;
        IEnumerable<string> Documents()
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (i % 4_000 == 3_999) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                yield return string.Concat(Enumerable.Repeat("word ", 200));
            }
        }

        GptPretrainer pretrainer = new(PretrainerTests.Letters);
        GptModel model = pretrainer.CreateModel(PretrainerTests.Config, seed: 1);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, new StreamedCorpus(Documents), new() { Steps = 1, Workers = 1, BatchSize = 2 }))
        {
            at.Step.Should().Be(1);
        }

        (most - before).Should().BeLessThan(16 << 20, "the text has 40 million bytes");
    }

    private sealed class StreamedCorpus(Func<IEnumerable<string>> documents) : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0) => documents().Select((text, i) => new Passage(i, text));
    }
}
