using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests;

public class ElmoErrorTests
{
    public static TheoryData<ElmoConfig, string> BadConfigs => new()
    {
        { TinyElmo.Words with { Layers = 0 }, "Layers is 0; it must be from 1 to 100 (ElmoConfig.Layers)." },
        { TinyElmo.Words with { Cells = 0 }, "Cells is 0; it must be from 1 to 65536 (ElmoConfig.Cells)." },
        { TinyElmo.Words with { Projection = 12 }, "Projection is 12; it must be from 1 to 11 (ElmoConfig.Projection)." },
        { TinyElmo.Words with { CellLimit = 0 }, "CellLimit is 0; it must be above 0, infinity for none (ElmoConfig.CellLimit)." },
        { TinyElmo.Words with { ProjectionLimit = float.NaN }, "ProjectionLimit is NaN; it must be above 0, infinity for none (ElmoConfig.ProjectionLimit)." },
        { TinyElmo.Words with { Dropout = 1 }, "Dropout is 1; it must be from 0 to below 1 (ElmoConfig.Dropout)." },
        { TinyElmo.Words with { VocabularySize = 0 }, "VocabularySize is 0; it must be from 1 to 2147483647 (ElmoConfig.VocabularySize)." },
        { TinyElmo.Words with { VocabularySize = null }, "A model that reads words as ids needs the size of its vocabulary: give the number of the vocabulary's words (ElmoConfig.VocabularySize).*" },
        { TinyElmo.Characters with { VocabularySize = null }, "A language model needs the size of its vocabulary: give the number of the vocabulary's words (ElmoConfig.VocabularySize).*" },
        { With(new() { EmbeddingSize = 0 }), "EmbeddingSize is 0; it must be from 1 to 65536 (ElmoCharacterConfig.EmbeddingSize)." },
        { With(new() { Highways = -1 }), "Highways is -1; it must be from 0 to 100 (ElmoCharacterConfig.Highways)." },
        { With(new() { MostCharacters = 2 }), "MostCharacters is 2; it must be from 3 to 10000 (ElmoCharacterConfig.MostCharacters)." },
        { With(new() { Filters = [] }), "There are no filters; give one width and number of filters or more (ElmoCharacterConfig.Filters)." },
        { With(new() { MostCharacters = 6 }), "(7, 1024) is no width from 1 to 6, the most characters of a word, with 1 to 65536 filters (ElmoCharacterConfig.Filters, ElmoCharacterConfig.MostCharacters)." },
        { With(new() { Filters = [(1, 0)] }), "(1, 0) is no width from 1 to 50, *" },
        { With(new() { Activation = Activation.GeluTanh }), "Activation is GeluTanh; it must be Relu or Tanh (ElmoCharacterConfig.Activation)." },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void A_config_names_what_is_wrong(ElmoConfig config, string message) =>
        FluentActions.Invoking(() => new ElmoLanguageModel(config, 1)).Should().Throw<ArgumentException>().WithMessage(message);

    [Fact]
    public void Limits_may_be_infinite_and_characters_need_no_vocabulary()
    {
        ElmoConfig config = TinyElmo.Characters with { CellLimit = float.PositiveInfinity, ProjectionLimit = float.PositiveInfinity, VocabularySize = null };
        TinyElmo.Alone(new(config, 1), TinyElmo.Sequence(config, 3, 1)).Should().NotContain(float.NaN);
    }

    [Fact]
    public void Batches_that_do_not_fit_are_refused()
    {
        ElmoBatch words = new(TinyElmo.Words), characters = new(TinyElmo.Characters);
        Refused<ArgumentException>(() => words.Fill(), "The batch is empty; a model needs at least one sequence.*");
        Refused<ArgumentException>(() => words.Fill([1], []), "Sequence 1 is empty; a model needs at least one token.*");
        Refused<ArgumentException>(() => characters.Fill(new int[10]), "Sequence 0 has 10 numbers, which are no whole tokens of 9 characters (ElmoCharacterConfig.MostCharacters).*");
        Refused<ArgumentException>(() => words.Fill([1, 2, 3], 2), "3 numbers, 1 a token, do not divide into 2 sequences of one length; each has at least one token.*");
        Refused<ArgumentException>(() => words.Fill(ReadOnlySpan<int>.Empty, 1), "0 numbers, 1 a token, *");
        Refused<ArgumentException>(() => new ElmoWindow(TinyElmo.Words).Fill([1, 2], [1], 1), "1 targets were given for 2 tokens; each needs one (ElmoWindow.NoTarget for none).*");

        Refused<ArgumentException>(() => Run(words), "The batch is empty; fill it with at least one sequence (ElmoBatch.Fill).*");
        characters.Fill(TinyElmo.WordOf(TinyElmo.Characters, 1));
        Refused<ArgumentException>(() => Run(characters), "The batch has words of 9 characters, and this model reads words as ids; create the batch with the model's config (ElmoModel.Config).*");
        words.Fill([1, 2, 3], [4, 23, 5]);
        Refused<ArgumentOutOfRangeException>(() => Run(words), "Id 23, at place 4, is not one of the model's 23 words (ElmoConfig.VocabularySize); use the vocabulary that the model was trained with.*");
        words.Fill([-1], [2]);
        Refused<ArgumentOutOfRangeException>(() => Run(words), "Id -1, at place 0, *");
        characters.Fill([258, 1, 2, 3, 4, 5, 6, 261, 259]);
        Refused<ArgumentOutOfRangeException>(() => Run(characters, TinyElmo.Characters), "Character 261 is not one of the 261: 256 bytes and five marks; use ElmoTokens to make them.*");
    }

    [Fact]
    public void States_that_do_not_fit_are_refused()
    {
        ElmoBatch batch = TinyElmo.Batch(TinyElmo.Words, [1, 2]);
        Refused<ArgumentException>(() => Run(batch, states: new(TinyElmo.Words, 2)), "The states are of 2 sequences and the batch has 1; states belong to a batch of their size (ElmoStates.Sequences).*");
        Refused<ArgumentException>(() => Run(batch, states: new(TinyElmo.Words with { Cells = 12 }, 1)),
            "The states are of 2 layers with 12 cells and projection 6; the model has 2, 11 and 6. Create them with the model's config (ElmoModel.Config).*");
        Refused<ArgumentOutOfRangeException>(() => _ = new ElmoStates(TinyElmo.Words, 0), "States of 0 sequences were asked for; there is at least one.*");
        Refused<ArgumentOutOfRangeException>(() => new ElmoStates(TinyElmo.Words, 1).Hidden(ElmoDirection.Forward, 2).Clear(), "Layer 2 is not one of the model's 2, counted from 0.*");
    }

    [Fact]
    public void A_copy_to_another_architecture_is_refused()
    {
        ElmoLanguageModel model = TinyElmo.Create(TinyElmo.Words);
        Refused<ArgumentException>(() => model.CopyTo(new(TinyElmo.Words with { Layers = 3 }, 1)), "This model has 19 parameters and the other 27; create it with this model's config (ElmoModel.Config).*");
        Refused<ArgumentException>(() => model.Model.CopyTo(new(TinyElmo.Words with { Cells = 12 }, 1)),
            "The parameter 'elmo.forward.0.input.weight' is [44, 6] here and [48, 6] in the other model; create it with this model's config (ElmoModel.Config).*");
    }

    private static ElmoConfig With(ElmoCharacterConfig characters) => TinyElmo.Characters with { Characters = characters };

    private static void Run(ElmoBatch batch, ElmoConfig? config = null, ElmoStates? states = null)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        new ElmoModel(config ?? TinyElmo.Words, 1).AllLayers(pass, batch, states);
    }

    private static void Refused<T>(Action action, string message) where T : Exception => action.Should().Throw<T>().WithMessage(message);
}
