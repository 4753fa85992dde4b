using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>Tests that measure memory run when no other test of the assembly does.</summary>
[Collection(nameof(Alone))]
public sealed class TokenFileMemoryTests
{
    private static readonly Tokenizer Bytes = Gpt2Tokenizer.Create(BytePairTrainer.Train(new InMemoryCorpus("x"), new BytePairTrainerOptions { VocabularySize = 300 }));

    [Fact]
    public void Memory_does_not_grow_with_the_text()
    {
        // 64 MB of text; what is alive at any time is a few batches.
        long most = 0;
        IEnumerable<string> Lines()
        {
            for (int i = 0; i < 64_000; i++)
            {
                if (i % 8_000 == 7_999) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                yield return string.Concat(Enumerable.Repeat("word ", 200));
            }
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        using TokenFile file = TokenFile.Create(new StreamedCorpus(Lines), Bytes, new TokenFileOptions { Workers = 2 });
        file.Count.Should().Be(64_000 * 1_001L);
        (most - before).Should().BeLessThan(24 << 20);
    }

    private sealed class StreamedCorpus(Func<IEnumerable<string>> lines) : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0) => lines().Select(line => new Passage(0, line));
    }
}
