using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

/// <summary>Corpora that nothing can be learned from, and lines without an end.</summary>
public sealed class BadCorpusTests
{
    public static TheoryData<string> Names => [.. SmallTokenizers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void ACorpusWithoutTextIsRefused(string name)
    {
        foreach (ICorpus corpus in new ICorpus[] { new ListCorpus(), new ListCorpus(""), new InMemoryCorpus(" \n\t ") })
            FluentActions.Invoking(() => Train(name, corpus, 10_000)).Should().Throw<CorpusException>().WithMessage("The corpus has no words*");
    }

    [Theory]
    [InlineData("bytes", 255, "*256 pieces*room for 255*VocabularySize*")]
    [InlineData("characters", 6, "*7 pieces*room for 6*VocabularySize*")]
    [InlineData("wordpiece", 9, "*10 pieces*room for 9*VocabularySize*")]
    [InlineData("unigram", 6, "*4 different characters*6 pieces with 3 special tokens have room for 3*VocabularySize*")]
    public void AVocabularyWithoutRoomForItsAlphabetIsRefused(string name, int size, string message)
    {
        FluentActions.Invoking(() => Train(name, new ListCorpus("abc"), size)).Should().Throw<CorpusException>().WithMessage(message);
        Train(name, new ListCorpus("abc"), size + 1).Count.Should().Be(size + 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AGiantLineTrainsInBoundedMemory(string name)
    {
        const int Length = 64 << 20;
        using TemporaryFolder folder = new();
        string path = folder.Write("line.txt", "");
        using (FileStream stream = File.OpenWrite(path))
        {
            byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("abcabcab", 1 << 17)));
            for (int written = 0; written < Length; written += block.Length) stream.Write(block);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Action train = () => Train(name, new TextFileCorpus(path), 400).Count.Should().BeGreaterThan(8);
        if (name == "wordpiece") train.Should().Throw<CorpusException>().WithMessage("*no words of at most 100 characters*MaxWordLength*");
        else train();
        long beyondText = GC.GetAllocatedBytesForCurrentThread() - before - (long)sizeof(char) * Length;
        beyondText.Should().BeLessThan(Length, "only different words take memory, and each passage its text");
    }

    private static TokenModel Train(string name, ICorpus corpus, int size) => name switch
    {
        "bytes" => BytePairTrainer.Train(corpus, new() { VocabularySize = size, Workers = 1 }),
        "characters" => BytePairTrainer.Train(corpus, new() { VocabularySize = size, Workers = 1, Form = BytePairOptions.Gpt1 }),
        "wordpiece" => WordPieceTrainer.Train(corpus, new() { VocabularySize = size, Workers = 1, SpecialTokens = ["[UNK]", "[X]", "[Y]", "[Z]", "[W]", "[V]", "[U]"] }),
        _ => UnigramTrainer.Train(corpus, new() { VocabularySize = size, Workers = 1, CharacterCoverage = 1 }),
    };
}
