using System.Text;
using NlpPretrain.Text;
using static NlpPretrain.Gpt.Tests.Generation.GenerationTesting;

namespace NlpPretrain.Gpt.Tests.Generation;

public class SampledSequenceTests
{
    private static readonly int[] HalfCharacter = [.. Encoding.UTF8.GetBytes("苹")[..^1].Select(value => Id(ByteAlphabet.CharacterOf(value).ToString()))];

    [Fact]
    public void The_penalty_counts_a_token_once_however_often_it_came()
    {
        (int a, int b, int c) = (Id("a"), Id("b"), Id("c"));
        SampledSequence sequence = new(0, 0, [a, b, a], Bytes, new() { RepetitionPenalty = 2 });
        foreach (int token in new[] { b, c, c }) sequence.Take(token, []);
        sequence.Distinct.ToArray().Should().Equal(a, b, c);
    }

    [Fact]
    public void A_text_ends_with_what_was_held_back()
    {
        GenerationOptions options = new() { MaxNewTokens = 3, StopStrings = ["bcd"] };
        Result([Id("a"), Id("b"), Id("c")], options).Should().Be(("abc", 3, StopReason.Length));
        Result([Id(Gpt2Tokenizer.EndOfText)], options).Should().Be(("", 0, StopReason.StopToken));
        Result([Id("b"), Id(Gpt2Tokenizer.EndOfText)], options).Should().Be(("b", 1, StopReason.StopToken));
        Result([Id("a"), .. HalfCharacter], options).Should().Be(("a\uFFFD", 3, StopReason.Length));
    }

    [Fact]
    public void A_stop_string_is_the_reason_wherever_it_comes()
    {
        GenerationOptions options = new() { MaxNewTokens = 3, StopStrings = ["bc", "\uFFFD"] };
        Result([Id("a"), Id("b"), Id("c")], options).Should().Be(("a", 3, StopReason.StopString));
        Result([Id("a"), .. HalfCharacter], options).Should().Be(("a", 3, StopReason.StopString));
        Result([.. HalfCharacter, Id(Gpt2Tokenizer.EndOfText)], options).Should().Be(("", 2, StopReason.StopString));
    }

    [Fact]
    public void The_last_word_of_a_prompt_says_whether_a_space_follows()
    {
        Tokenizer tokenizer = new(new BytePairModel(["<unk>", "a", "a</w>"], [], BytePairOptions.Gpt1), decoder: new EndOfWordDecoder());
        foreach ((int[] prompt, string text) in new[] { (new[] { 1, 2 }, " a"), ([2, 1], "a") })
        {
            SampledSequence sequence = new(0, 0, prompt, tokenizer, new());
            sequence.Take(2, []);
            sequence.Text.Whole.Should().Be(text);
        }
    }

    private static (string Text, int Count, StopReason Reason) Result(int[] tokens, GenerationOptions options)
    {
        SampledSequence sequence = new(0, 0, [Id("x")], Bytes, options);
        foreach (int token in tokens)
        {
            sequence.Reason.Should().BeNull();
            sequence.Take(token, [Id(Gpt2Tokenizer.EndOfText)]);
        }

        GeneratedText result = sequence.ToResult();
        return (result.Text, result.Tokens.Count, result.Reason);
    }
}
