using NlpPretrain.Text;
using static NlpPretrain.Gpt.Tests.Generation.GenerationTesting;

namespace NlpPretrain.Gpt.Tests.Generation;

public class GenerationPromptsTests
{
    [Fact]
    public void Texts_end_at_the_end_of_text_where_no_stop_tokens_were_given()
    {
        int end = Id(Gpt2Tokenizer.EndOfText);
        Prompts(Bytes, new()).Stops.Should().Equal(end);
        Prompts(Bytes, new() { StopTokens = [] }).Stops.Should().BeEmpty();
        Prompts(Bytes, new() { StopTokens = [5, 7, 5] }).Stops.Should().BeEquivalentTo([5, 7]);
    }

    [Fact]
    public void An_empty_prompt_begins_with_the_end_of_text_whatever_the_stop_tokens_are()
    {
        int end = Id(Gpt2Tokenizer.EndOfText);
        foreach (GenerationOptions options in new GenerationOptions[] { new(), new() { StopTokens = [] }, new() { StopTokens = [5] } })
            Prompts(Bytes, options).Tokens.Should().ContainSingle().Which.Should().Equal(end);
    }

    [Theory]
    [InlineData("</s>", "</s>")]
    [InlineData("<s> </s>", "</s>")]
    [InlineData("</s> <|endoftext|>", "<|endoftext|>")]
    [InlineData("<|endoftext|> </s>", "<|endoftext|>")]
    [InlineData("<s>", null)]
    public void The_end_of_text_has_one_of_two_names(string specials, string? expected)
    {
        Tokenizer tokenizer = new(new BytePairModel(["a"], [], new() { UnknownPiece = "a" }), specialTokens: specials.Split(' '));
        GenerationPrompts prompts = new(Model(), tokenizer, ["a"], new() { MaxNewTokens = 5 });
        prompts.Stops.Select(tokenizer.PieceOf).Should().Equal(expected is null ? [] : [expected]);
    }

    private static GenerationPrompts Prompts(Tokenizer tokenizer, GenerationOptions options) => new(Model(), tokenizer, [""], options with { MaxNewTokens = 5 });
}
