namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>What the published tokenizers of GPT-1 and GPT-2 give.</summary>
public sealed class BytePairFactTests
{
    private static readonly string[] Gpt1Toy =
        ["l", "o", "w", "e", "r", "s", "t", "i", "d", "n", "w</w>", "r</w>", "t</w>", "lo", "low", "er</w>", "low</w>", "lowest</w>", "newer</w>", "wider</w>", "<unk>"];

    private static readonly string[] Gpt2Toy =
        ["l", "o", "w", "e", "r", "s", "t", "i", "d", "n", "Ġ", "Ġl", "Ġn", "Ġlo", "Ġlow", "er", "Ġlowest", "Ġnewer", "Ġwider", "<unk>", "<|endoftext|>"];

    [Fact]
    public void Gpt1ToyVocabulary()
    {
        BytePairModel model = new(Gpt1Toy, [new("l", "o"), new("lo", "w"), new("e", "r</w>")], BytePairOptions.Gpt1);
        BytePairTesting.Encode(model, "lower").Should().Equal(14, 15);
        BytePairTesting.Encode(model, "lowX").Should().Equal(14, 20);
    }

    [Fact]
    public void Gpt2ToyVocabulary()
    {
        BytePairModel model = new(Gpt2Toy, [new("Ġ", "l"), new("Ġl", "o"), new("Ġlo", "w"), new("e", "r")], BytePairOptions.Gpt2 with { UnknownPiece = "<unk>" });
        BytePairTesting.Encode(model, new ByteLevelPreTokenizer(), " lower newer").Should().Equal(14, 15, 10, 9, 3, 2, 15);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ", 220)]
    [InlineData("\t", 197)]
    [InlineData("This is some text", 1212, 318, 617, 2420)]
    [InlineData("indivisible", 521, 452, 12843)]
    [InlineData("hello 👋 world 🌍", 31373, 50169, 233, 995, 12520, 234, 235)]
    [InlineData("toString constructor hasOwnProperty valueOf", 1462, 10100, 23772, 468, 23858, 21746, 1988, 5189)]
    public void Gpt2(string text, params int[] ids)
    {
        BytePairModel model = BytePairTesting.ReadGpt2();
        BytePairTesting.Encode(model, new ByteLevelPreTokenizer(), text).Should().Equal(ids);
        new ByteLevelDecoder().Decode([.. ids.Select(model.PieceOf)]).Should().Be(text);
    }

    [Fact]
    public void Gpt1()
    {
        BytePairModel model = BytePairTesting.ReadGpt1();
        model.Count.Should().Be(40478);
        int[] ids = [481, 4735, 544, 246, 963, 870, 762, 239, 244, 40477, 244, 249, 719, 881, 487, 544, 240, 244, 603, 481];
        string text = new EndOfWordDecoder().Decode([.. ids.Select(model.PieceOf)]);
        text.Should().Be("the president is a very good man . \" \n \" i 'm sure he is , \" said the");
        BytePairTesting.Encode(model, new Gpt1PreTokenizer(), text).Should().Equal(ids);
        BytePairTesting.Encode(model, new Gpt1Normalizer(), new Gpt1PreTokenizer(), "The president is a very good man.\"\n\"I'm sure he is,\" said the").Should().Equal(ids);
    }
}
