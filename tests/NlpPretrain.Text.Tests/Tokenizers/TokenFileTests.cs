using System.Security.Cryptography;

namespace NlpPretrain.Text.Tests.Tokenizers;

public class TokenFileTests
{
    private static readonly Tokenizer Bytes = Gpt2Tokenizer.Create(BytePairTrainer.Train(new InMemoryCorpus("x"), new BytePairTrainerOptions { VocabularySize = 300 }), [Gpt2Tokenizer.EndOfText]);

    [Fact]
    public void It_holds_the_tokens_of_each_line_with_its_end()
    {
        using TokenFile file = TokenFile.Create(new InMemoryCorpus("one two\nthree", "four"), Bytes);
        Text(file).Should().Be("one two\nthree\nfour\n");
        file.BytesPerToken.Should().Be(2);
        file.VocabularySize.Should().Be(Bytes.Count);
    }

    [Fact]
    public void Words_are_runs_between_white_space_and_line_ends()
    {
        using TokenFile file = TokenFile.Create(new ListCorpus([" = A  title = ", "", "x , y . "]), Bytes);
        file.WordCount.Should().Be((4 + 1) + (0 + 1) + (4 + 1));
        using TokenFile without = TokenFile.Create(new ListCorpus(["a b", "c"]), Bytes, new TokenFileOptions { LineEnd = "" });
        without.WordCount.Should().Be(3, "there are no tokens of line ends to predict");
        Text(without).Should().Be("a bc");
    }

    [Fact]
    public void A_token_of_its_own_ends_each_document()
    {
        TokenFileOptions options = new() { EndOfText = Gpt2Tokenizer.EndOfText };
        using TokenFile file = TokenFile.Create(new InMemoryCorpus("a\nb", "", "c"), Bytes, options);
        Text(file).Should().Be("a\nb\n<|endoftext|>c\n<|endoftext|>");
        new Action(() => TokenFile.Create(new InMemoryCorpus("a"), Bytes, new TokenFileOptions { EndOfText = "<end>" })).Should().Throw<ArgumentException>().WithMessage("*no token \"<end>\"*EndOfText*");
    }

    [Fact]
    public void Special_tokens_in_the_text_are_text_unless_asked_for()
    {
        using TokenFile plain = TokenFile.Create(new InMemoryCorpus("a<|endoftext|>"), Bytes);
        using TokenFile matched = TokenFile.Create(new InMemoryCorpus("a<|endoftext|>"), Bytes, new TokenFileOptions { MatchSpecialTokens = true });
        plain.Count.Should().Be(15);
        matched.Count.Should().Be(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Any_number_of_workers_gives_the_same_file(int workers)
    {
        string[] documents = [.. Enumerable.Range(0, 3_000).Select(i => $"Document {i} says {new string((char)('a' + i % 26), i % 400)}.\nAnd ends.")];
        TokenFileOptions options = new() { EndOfText = Gpt2Tokenizer.EndOfText, Workers = workers };
        using TokenFile file = TokenFile.Create(new InMemoryCorpus(documents), Bytes, options);
        Text(file).Should().Be(string.Concat(documents.Select(document => document + "\n<|endoftext|>")));
        file.WordCount.Should().Be(documents.Sum(document => document.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length + 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_hash_is_that_of_the_ids(int workers)
    {
        string[] lines = [.. Enumerable.Range(0, 9_000).Select(i => $"line {i} of the text")];
        TokenFileOptions options = new() { Workers = workers };
        using TokenFile file = TokenFile.Create(new ListCorpus(lines), Bytes, options);
        file.Count.Should().BeGreaterThan(1 << 17, "the file is written in several parts");
        int[] ids = new int[file.Count];
        file.Read(0, ids);
        file.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData([.. ids.SelectMany(id => BitConverter.GetBytes((ushort)id))])));

        (lines[0], lines[1]) = (lines[1], lines[0]);
        using TokenFile other = TokenFile.Create(new ListCorpus(lines), Bytes, options);
        other.Count.Should().Be(file.Count);
        other.Sha256.Should().NotBe(file.Sha256);
    }

    [Theory]
    [InlineData(65_536, 2)]
    [InlineData(65_537, 4)]
    public void Large_vocabularies_take_four_bytes(int vocabulary, int bytes)
    {
        string[] pieces = [.. Enumerable.Range(0, vocabulary).Select(i => char.ConvertFromUtf32(i < 0xD7FF ? i + 1 : i + 0x1000))];
        Tokenizer tokenizer = new(new BytePairModel(pieces, [], new BytePairOptions { UnknownPiece = pieces[0] }));
        using TokenFile file = TokenFile.Create(new InMemoryCorpus(pieces[^1] + "a" + pieces[^2]), tokenizer);
        file.BytesPerToken.Should().Be(bytes);
        int[] ids = new int[4];
        file.Read(0, ids);
        ids.Should().Equal(vocabulary - 1, 'a' - 1, vocabulary - 2, '\n' - 1);
    }

    [Fact]
    public void Windows_may_begin_anywhere_within()
    {
        using TokenFile file = TokenFile.Create(new InMemoryCorpus("abcdefgh"), Bytes);
        int[] all = new int[9], window = new int[4];
        file.Read(0, all);
        for (int start = 0; start <= 5; start++)
        {
            file.Read(start, window);
            window.Should().Equal(all[start..(start + 4)]);
        }

        new Action(() => file.Read(6, new int[4])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*window of 4 tokens from 6 on*9 tokens*");
        new Action(() => file.Read(-1, new int[4])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void An_empty_corpus_is_refused() =>
        new Action(() => TokenFile.Create(new InMemoryCorpus("", "\n"), Bytes)).Should().Throw<CorpusException>().WithMessage("The corpus has no text*");

    private static string Text(TokenFile file)
    {
        int[] ids = new int[file.Count];
        file.Read(0, ids);
        return Bytes.Decode(ids, skipSpecialTokens: false);
    }
}
