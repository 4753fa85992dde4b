using NlpPretrain.Text;

namespace NlpPretrain.Gpt.Tests.FineTuning;

/// <summary>The transformations of Radford et al. 2018, Figure 1, id by id.</summary>
public sealed class GptInputsTests
{
    private static readonly GptInputs Inputs = new(ToyTasks.Tokenizer, ToyTasks.Tokenizer.Count, maxLength: 10);

    private static int[] Ids(string words) => ToyTasks.Ids(words);

    [Fact]
    public void A_text_stands_between_start_and_extract() => Inputs.Text(" the good").Should().Equal(Ids("s the good e"));

    [Fact]
    public void A_pair_has_a_delimiter_between() => Inputs.Pair(" the good", " bad").Should().Equal(Ids("s the good d bad e"));

    [Fact]
    public void Both_orders_are_two_sequences()
    {
        GptTuned tuned = GptTuned.Create(new GptModel(ToyTasks.Config, 1), ToyTasks.Tokenizer, new(), 1, hasBias: true, isBothOrders: true, 1);
        tuned.EncodePair(" the good", " bad").Should().BeEquivalentTo([Ids("s the good d bad e"), Ids("s bad d the good e")], options => options.WithStrictOrdering());
    }

    [Fact]
    public void Each_choice_is_a_sequence_with_the_context() =>
        Inputs.Choices(" the", [" good", " bad run"]).Should().BeEquivalentTo([Ids("s the d good e"), Ids("s the d bad run e")], options => options.WithStrictOrdering());

    [Fact]
    public void A_special_token_that_a_text_spells_is_text()
    {
        Tokenizer tokenizer = Gpt2Tokenizer.Create((BytePairModel)ToyTasks.Tokenizer.Model, ["<|endoftext|>"]);
        new GptInputs(tokenizer, tokenizer.Count, 30).Text("<|endoftext|>").Should().HaveCountGreaterThan(3);
    }

    [Fact]
    public void What_is_too_long_keeps_the_new_tokens()
    {
        Inputs.Text(" the good the bad the fine the poor the dull").Should().Equal(Ids("s the good the bad the fine the poor e"));
        Inputs.Pair(" good good good good good good good", " the bad").Should().Equal(Ids("s good good good good good d the bad e"));
        Inputs.Pair(" the bad", " good good good good good good good").Should().Equal(Ids("s the bad d good good good good good e"));
        Inputs.Pair(" good good good good good", " bad bad bad bad bad").Should().Equal(Ids("s good good good good d bad bad bad e"));
    }

    [Fact]
    public void Of_a_choice_the_context_loses_its_beginning_and_the_same_for_all_choices() =>
        Inputs.Choices(" the to run walk good bad", [" fine", " poor dull great"]).Should()
            .BeEquivalentTo([Ids("s run walk good bad d fine e"), Ids("s run walk good bad d poor dull great e")], options => options.WithStrictOrdering());

    [Fact]
    public void A_choice_that_does_not_fit_is_refused() =>
        Refused(() => Inputs.Choices(" the", [" good", " bad bad bad bad bad bad bad"], 3),
            "Choice 1 of example 3 has 7 tokens; with 3 tokens of the task and one of the context it does not fit into 10*GptTuningOptions.MaxLength*");

    [Fact]
    public void Empty_texts_are_refused()
    {
        Refused(() => Inputs.Text("", 4), "The text of example 4 is empty*");
        Refused(() => Inputs.Text(null), "The text is null*");
        Refused(() => Inputs.Pair("", " good", 4), "The first text of example 4 is empty*");
        Refused(() => Inputs.Pair(" good", null, 4), "The second text of example 4 is null*");
        Refused(() => Inputs.Choices("", [" good", " bad"], 4), "The context of example 4 is empty*");
        Refused(() => Inputs.Choices(" the", [" good", ""], 4), "Choice 1 of example 4 is empty*");
        Refused(() => Inputs.Choices(" the", [" good"], 4), "Example 4 has 1 choices; it needs at least 2*");
        Refused(() => Inputs.Choices(" the", null), "The question has 0 choices*");
    }

    private static void Refused(Action act, string message) => act.Should().Throw<ArgumentException>().WithMessage(message);
}
