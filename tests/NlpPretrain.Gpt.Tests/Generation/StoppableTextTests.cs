using System.Text;
using NlpPretrain.Text;
using static NlpPretrain.Gpt.Tests.Generation.GenerationTesting;

namespace NlpPretrain.Gpt.Tests.Generation;

public class StoppableTextTests
{
    [Theory]
    [InlineData("plain text", "")]
    [InlineData("emoji 😀👩‍👩‍👧 and 苹果公司的手机", "")]
    [InlineData("cut here STOP not this", "STOP")]
    [InlineData("ST STO STOPPED", "STOP|nothing")]
    [InlineData("abcabcabd", "abcabd")]
    [InlineData("苹果😀x", "😀")]
    [InlineData("ends in a beginning: STO", "STOP")]
    [InlineData("aab", "ab|aab")]
    [InlineData("xabc", "b|c")]
    [InlineData("xabc", "c|b")]
    [InlineData("xabcab", "cabx|cab|bca")]
    [InlineData("a long one STOP and x", "STOP|x")]
    [InlineData("axz", "xy|axz")]
    public void Pieces_join_to_the_text_up_to_the_first_stop_and_split_no_character(string text, string stops)
    {
        string[] given = stops.Length == 0 ? [] : stops.Split('|');
        StoppableText stoppable = new(Bytes, null, given);
        List<string> pieces = [];
        foreach (int token in Bytes.Encode(text).Ids)
        {
            stoppable.Append(token);
            pieces.Add(new(stoppable.TakeNew()));
            if (stoppable.IsStopped) break;
        }

        stoppable.Finish();
        pieces.Add(new(stoppable.TakeNew()));
        int end = given.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
        string.Concat(pieces).Should().Be(text[..end]);
        stoppable.Whole.Should().Be(text[..end]);
        stoppable.IsStopped.Should().Be(end < text.Length);
        pieces.Where(piece => piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1]))).Should().BeEmpty();
        pieces.Where(piece => piece.Contains('\uFFFD')).Should().BeEmpty();
    }

    [Fact]
    public void A_character_that_is_never_completed_is_the_replacement_at_the_end()
    {
        StoppableText text = new(Bytes, null, []);
        int[] tokens = [.. Encoding.UTF8.GetBytes("a苹")[..^1].Select(value => Id(ByteAlphabet.CharacterOf(value).ToString()))];
        foreach (int token in tokens) text.Append(token);
        text.Whole.Should().Be("a");
        text.Finish();
        text.Whole.Should().Be("a\uFFFD").And.Be(Bytes.Decode(tokens));
    }

    [Fact]
    public void A_stop_string_may_be_the_replacement_of_a_character_that_is_never_completed()
    {
        StoppableText text = new(Bytes, null, ["\uFFFD"]);
        foreach (byte value in Encoding.UTF8.GetBytes("a苹")[..^1]) text.Append(Id(ByteAlphabet.CharacterOf(value).ToString()));
        text.IsStopped.Should().BeFalse();
        text.Finish();
        (text.IsStopped, text.Whole).Should().Be((true, "a"));
    }

    [Fact]
    public void Special_tokens_are_no_text()
    {
        StoppableText text = new(Bytes, null, []);
        foreach (int token in new[] { Id("a"), Id(Gpt2Tokenizer.EndOfText), Id("b") }) text.Append(token);
        text.Whole.Should().Be("ab");
    }

    [Fact]
    public void Pieces_of_words_join_to_what_the_decoder_makes_of_all()
    {
        BytePairModel model = new(["<unk>", "a", "b", "a</w>", "b</w>", "ab</w>"], [new("a", "b</w>")], BytePairOptions.Gpt1);
        Tokenizer tokenizer = new(model, decoder: new EndOfWordDecoder());
        int[] tokens = [1, 3, 5, 2, 2, 4, 3];
        for (int prompt = 0; prompt < tokens.Length; prompt++)
        {
            StoppableText text = new(tokenizer, prompt == 0 ? null : tokens[prompt - 1], []);
            foreach (int token in tokens.AsSpan(prompt)) text.Append(token);
            (tokenizer.Decode(tokens.AsSpan(0, prompt)) + text.Whole).Should().Be(tokenizer.Decode(tokens));
        }
    }

    [Fact]
    public void Special_tokens_are_no_text_among_pieces_of_words_and_none_before_them()
    {
        BytePairModel model = new(["<unk>", "a</w>", "b</w>", "</s>"], [], BytePairOptions.Gpt1);
        Tokenizer tokenizer = new(model, decoder: new EndOfWordDecoder(), specialTokens: ["</s>"]);
        foreach (int? before in new int?[] { null, 3 })
        {
            StoppableText text = new(tokenizer, before, []);
            foreach (int token in new[] { 1, 3, 2, 3 }) text.Append(token);
            text.Whole.Should().Be("a b");
        }
    }
}
