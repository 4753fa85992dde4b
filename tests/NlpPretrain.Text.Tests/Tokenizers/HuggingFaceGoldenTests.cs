using System.Text.Json;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

/// <summary>Tricky lines have the ids, offsets and decoded text that Hugging Face's library gives them; recorded by benchmarks/peers-tokenizers/run interchange --golden.</summary>
public sealed class HuggingFaceGoldenTests
{
    [Theory]
    [InlineData("bert-base-uncased")]
    [InlineData("bert-base-cased")]
    [InlineData("gpt2")]
    [InlineData("gpt2-prefix-trim")]
    [InlineData("gpt1")]
    public void Lines_are_encoded_alike(string name)
    {
        Tokenizer tokenizer = Make(name);
        string path = Path.Combine(TestData.Repository, "tests", "NlpPretrain.Text.Tests", "Tokenizers", "huggingface-goldens.json");
        using JsonDocument goldens = JsonDocument.Parse(File.ReadAllBytes(path));
        int lines = 0;
        foreach (JsonElement line in goldens.RootElement.GetProperty(name).EnumerateArray())
        {
            string text = line.GetProperty("text").GetString()!;
            TokenizedText encoded = tokenizer.Encode(text);
            encoded.Ids.ToArray().Should().Equal(line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), text);
            encoded.Offsets.ToArray().SelectMany(offset => new[] { offset.Start, offset.End }).Should().Equal(line.GetProperty("offsets").EnumerateArray().Select(place => place.GetInt32()), text);
            tokenizer.Decode(encoded.Ids).Should().Be(line.GetProperty("decoded").GetString(), text);
            lines++;
        }

        lines.Should().BeGreaterThan(40);
    }

    private static Tokenizer Make(string name)
    {
        if (name.StartsWith("bert", StringComparison.Ordinal)) return BertTokenizer.Load(TestData.File("vocab", name, "vocab.txt"), lowerCase: name.EndsWith("uncased", StringComparison.Ordinal));
        if (name == "gpt2") return TokenizerFolder.Load(TestData.File("vocab", "gpt2"));
        if (name == "gpt1")
        {
            Tokenizer gpt1 = TokenizerFolder.Load(TestData.File("vocab", "gpt1"));
            return new Tokenizer(gpt1.Model, new BertNormalizer(), new BertPreTokenizer(), gpt1.Decoder, specialTokens: ["<unk>"]);
        }

        Tokenizer gpt2 = TokenizerFolder.Load(TestData.File("vocab", "gpt2"));
        return new Tokenizer(gpt2.Model, new PrefixSpaceNormalizer(), new ByteLevelPreTokenizer(), new ByteLevelDecoder(), new TokenFrame { TrimOffsets = true, KeepFirstSpaces = true }, [Gpt2Tokenizer.EndOfText]);
    }
}
