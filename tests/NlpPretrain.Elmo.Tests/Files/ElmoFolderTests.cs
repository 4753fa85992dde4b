using System.Text.Json.Nodes;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests.Files;

public class ElmoFolderTests
{
    private const string Config = "config.json", Weights = "model.safetensors";

    private static readonly ElmoVocabulary Vocabulary = ElmoVocabulary.Create(WordVocabulary.Create([.. Enumerable.Range(0, 20).Select(i => $"w{i}")], [.. Enumerable.Range(0, 20).Select(i => 50L - i)]));

    public static TheoryData<string, string, string> BadFields => new()
    {
        { "model_type", "\"bert\"", "*config.json, model_type: expected 'elmo', found \"bert\"." },
        { "layers", "", "*config.json, layers: expected a whole number, found nothing." },
        { "layers", "0", "*config.json, config: expected the sizes of an ELMo, found Layers is 0; it must be from 1 to 100 (ElmoConfig.Layers)..*" },
        { "cells", "\"9\"", "*config.json, cells: expected a whole number, found \"9\"." },
        { "cell_limit", "-1", "*config.json, config: expected the sizes of an ELMo, found CellLimit is -1; it must be above 0, infinity for none (ElmoConfig.CellLimit)..*" },
        { "characters", "[]", "*config.json, characters: expected an object, found []." },
        { "characters", "{}", "*config.json, characters.embedding_size: expected a whole number, found nothing." },
        { "has_skip_connections", "1", "*config.json, has_skip_connections: expected true or false, found 1." },
        { "vocab_size", "-4", "*config.json, config: expected the sizes of an ELMo, found VocabularySize is -4;*" },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_is_read_as_it_was_written(bool hasCharacters)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters) with { ProjectionLimit = float.PositiveInfinity, HasSkipConnections = hasCharacters, Dropout = 0.25f };
        ElmoLanguageModel model = TinyElmo.Create(config);
        using TemporaryFolder folder = new(), without = new();
        model.Save(folder.Path, Vocabulary);
        ElmoLanguageModel read = ElmoLanguageModel.Load(folder.Path);
        read.Model.Config.Should().Be(config);
        Values(read.Parameters).Should().Equal(Values(model.Parameters));
        Values(ElmoModel.Load(folder.Path).Parameters).Should().Equal(Values(model.Model.Parameters));

        ElmoVocabulary vocabulary = ElmoVocabulary.Load(folder.Path);
        vocabulary.Words.Words.Should().Equal(Vocabulary.Words.Words);
        vocabulary.Words.CountOf(5).Should().Be(48);

        model.Model.Save(without.Path);
        Values(ElmoModel.Load(without.Path).Parameters).Should().Equal(Values(model.Model.Parameters));
        FluentActions.Invoking(() => ElmoVocabulary.Load(without.Path)).Should().Throw<FileNotFoundException>().WithMessage("'*' has no vocabulary.txt: the model was saved without its vocabulary.");

        static float[] Values(IReadOnlyList<Parameter> parameters) => [.. parameters.SelectMany(parameter => parameter.Data.ToArray())];
    }

    [Theory]
    [MemberData(nameof(BadFields))]
    public void A_bad_field_is_named(string field, string value, string message) => RefusedWith(field, value, message);

    [Theory]
    [InlineData("activation", "\"gelu\"", "characters.activation: expected 'relu' or 'tanh', found \"gelu\".")]
    [InlineData("filters", "[[1, 2], [3]]", "characters.filters: expected a list of pairs of whole numbers, found [[1,2],[3]].")]
    [InlineData("filters", "[[1, \"2\"]]", "characters.filters: expected a list of pairs of whole numbers, found *")]
    [InlineData("filters", "7", "characters.filters: expected a list of pairs of whole numbers, found 7.")]
    [InlineData("filters", "[[10, 2]]", "config: expected the sizes of an ELMo, found (10, 2) is no width from 1 to 9, the most characters of a word, with 1 to 65536 filters*")]
    [InlineData("filters", "[]", "config: expected the sizes of an ELMo, found There are no filters;*")]
    public void A_bad_field_of_the_characters_is_named(string field, string value, string message)
    {
        using TemporaryFolder folder = Saved(TinyElmo.Characters);
        JsonObject config = JsonNode.Parse(File.ReadAllText(folder.File(Config)))!.AsObject();
        config["characters"]![field] = JsonNode.Parse(value);
        folder.Write(Config, config.ToJsonString());
        Refused(folder, $"*config.json, {message}");
    }

    [Fact]
    public void Every_disagreement_of_config_and_weights_is_named()
    {
        using TemporaryFolder folder = Saved(TinyElmo.Characters);
        JsonObject config = JsonNode.Parse(File.ReadAllText(folder.File(Config)))!.AsObject();
        config["characters"]!["filters"] = JsonNode.Parse("[[1, 3], [2, 5], [5, 7]]");
        config["vocab_size"] = 24;
        config["layers"] = 1;
        folder.Write(Config, config.ToJsonString());
        string[] upper = [.. new[] { "forward", "backward" }.SelectMany(direction => new[] { "input.weight", "hidden.weight", "bias", "projection.weight" }.Select(name => $"'elmo.{direction}.1.{name}'"))];
        string message = FluentActions.Invoking(() => ElmoLanguageModel.Load(folder.Path)).Should().Throw<ModelFormatException>().Which.Message;
        message.Should().Match("*model.safetensors, header: expected the weights that config.json describes, 'elmo.tokens.convolution.2.weight' [5, 4, 7], 'softmax.weight' [24, 6], 'softmax.bias' [24], *")
            .And.Contain("found 'elmo.tokens.convolution.2.weight' [4, 4, 7], 'softmax.weight' [23, 6], 'softmax.bias' [23], ").And.ContainAll(upper.Select(name => $"{name} none"));
        FluentActions.Invoking(() => ElmoModel.Load(folder.Path)).Should().Throw<ModelFormatException>().Which.Message.Should().NotContain("softmax").And.ContainAll(upper);
    }

    [Fact]
    public void Sizes_that_the_file_does_not_have_take_no_memory()
    {
        RefusedWith("cells", "65000", "*expected the weights that config.json describes, 'elmo.forward.0.input.weight' [260000, 6], *");
        RefusedWith("vocab_size", "2000000", "*'elmo.tokens.words.weight' [2000000, 6]*");
    }

    [Fact]
    public void Damaged_and_missing_files_are_named()
    {
        using TemporaryFolder folder = Saved(TinyElmo.Words);
        byte[] whole = File.ReadAllBytes(folder.File(Weights));
        File.WriteAllBytes(folder.File(Weights), whole[..^4]);
        Refused(folder, "*model.safetensors*");
        File.Delete(folder.File(Weights));
        FluentActions.Invoking(() => ElmoModel.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("'*' has config.json but no model.safetensors.");
        File.Delete(folder.File(Config));
        FluentActions.Invoking(() => ElmoModel.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("'*' holds no ELMo: expected config.json and model.safetensors; config.json is not there.");
    }

    [Theory]
    [InlineData("a 1\nb", "*vocabulary.txt, words: expected a line a word, 'word count', with <S>, </S> and <UNK>, found *line 2*")]
    [InlineData("a 1\n", "*vocabulary.txt, words: expected a line a word, 'word count', with <S>, </S> and <UNK>, found The vocabulary has no word '<S>';*")]
    [InlineData("", "*vocabulary.txt, words: *")]
    public void A_bad_vocabulary_is_named(string content, string message)
    {
        using TemporaryFolder folder = new();
        folder.Write(ElmoVocabulary.FileName, content);
        FluentActions.Invoking(() => ElmoVocabulary.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
    }

    [Fact]
    public void A_vocabulary_of_another_size_is_not_saved()
    {
        using TemporaryFolder folder = new();
        FluentActions.Invoking(() => TinyElmo.Create(TinyElmo.Words with { VocabularySize = 22 }).Save(folder.Path, Vocabulary)).Should().Throw<ArgumentException>()
            .WithMessage("The vocabulary has 23 words and the model 22 (ElmoConfig.VocabularySize); give the one that the model was trained with.*");
    }

    [Fact]
    public void A_folder_without_softmax_is_refused_where_it_is_needed()
    {
        using TemporaryFolder folder = new();
        ElmoModel model = new(TinyElmo.Characters with { VocabularySize = null }, 1);
        model.Save(folder.Path);
        ElmoModel.Load(folder.Path).Config.Should().Be(model.Config);
        FluentActions.Invoking(() => ElmoLanguageModel.Load(folder.Path)).Should().Throw<ModelFormatException>()
            .WithMessage("*config.json, vocab_size: expected the number of the words that the softmax predicts, found none; ElmoModel.Load reads the model without softmax.");
        new ElmoModel(TinyElmo.Characters, 1).Save(folder.Path);
        FluentActions.Invoking(() => ElmoLanguageModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*'softmax.weight' none, 'softmax.bias' none.");
    }

    private static void RefusedWith(string field, string value, string message)
    {
        using TemporaryFolder folder = Saved(TinyElmo.Words);
        JsonObject config = JsonNode.Parse(File.ReadAllText(folder.File(Config)))!.AsObject();
        config.Remove(field);
        string text = config.ToJsonString();
        folder.Write(Config, value.Length == 0 ? text : $"{text[..^1]},\"{field}\":{value}}}");
        Refused(folder, message);
    }

    private static TemporaryFolder Saved(ElmoConfig config)
    {
        TemporaryFolder folder = new();
        TinyElmo.Create(config).Save(folder.Path);
        return folder;
    }

    private static void Refused(TemporaryFolder folder, string message) =>
        FluentActions.Invoking(() => ElmoModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
}
