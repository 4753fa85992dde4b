using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>The inputs of Devlin et al. 2019, figure 4, id by id.</summary>
public sealed class BertInputsTests
{
    private static readonly BertInputs Inputs = new(ToyTasks.Tokenizer, maxLength: 10, segmentTypes: 2);

    [Fact]
    public void A_text_stands_in_its_frame() => Check(Inputs.Text("the good"), "c the good s", "0 0 0 0", "0");

    [Fact]
    public void A_pair_has_two_segments() => Check(Inputs.Pair("the good", "bad"), "c the good s bad s", "0 0 0 0 1 1", "0");

    [Fact]
    public void A_model_of_one_segment_gets_one() => Check(new BertInputs(ToyTasks.Tokenizer, 10, segmentTypes: 1).Pair("the good", "bad"), "c the good s bad s", "0 0 0 0 0 0", "0");

    [Fact]
    public void Each_choice_is_a_pair_with_the_context()
    {
        BertSequence[] choices = Inputs.Choices("the", ["good", "bad run"]);
        Check(choices[0], "c the s good s", "0 0 0 1 1", "0");
        Check(choices[1], "c the s bad run s", "0 0 0 1 1 1", "0");
    }

    [Fact]
    public void A_special_token_that_a_text_spells_is_text() => Check(Inputs.Text("[SEP] good"), "c [UNK] [UNK] [UNK] good s", "0 0 0 0 0 0", "0");

    [Fact]
    public void What_is_too_long_keeps_the_frame()
    {
        Check(Inputs.Text("the good the bad the fine the poor the dull"), "c the good the bad the fine the poor s", "0 0 0 0 0 0 0 0 0 0", "0");
        Check(Inputs.Pair("good good good good good good good", "the bad"), "c good good good good good s the bad s", "0 0 0 0 0 0 0 1 1 1", "0");
        Check(Inputs.Choices("the to run walk good bad", ["fine", "poor dull great"])[0], "c run walk good bad s fine s", "0 0 0 0 0 0 1 1", "0");
    }

    [Fact]
    public void The_head_sees_the_first_pieces_of_words() => Check(Inputs.Words(["the", "gooder", "walking", "run"], "it", "words").Single(), "c the good ##er walk ##ing run s", "0 0 0 0 0 0 0 0", "1 2 4 6");

    [Fact]
    public void A_sentence_that_is_too_long_is_cut_between_words()
    {
        BertSequence[] parts = Inputs.Words(["the", "good", "gooder", "bad", "fine", "poor", "walking", "run"], "it", "words");
        parts.Should().HaveCount(2);
        Check(parts[0], "c the good good ##er bad fine poor s", "0 0 0 0 0 0 0 0 0", "1 2 3 5 6 7");
        Check(parts[1], "c walk ##ing run s", "0 0 0 0 0", "1 3");
    }

    [Fact]
    public void A_word_longer_than_a_sequence_loses_its_end() =>
        Check(new BertInputs(ToyTasks.Tokenizer, maxLength: 5, segmentTypes: 2).Words(["walkingingingering", "the"], "it", "words")[0], "c walk ##ing ##ing s", "0 0 0 0 0", "1");

    [Fact]
    public void A_word_without_a_token_is_unknown() => Check(Inputs.Words(["the", "\u200d", "xyz"], "it", "words").Single(), "c the [UNK] [UNK] s", "0 0 0 0 0", "1 2 3");

    [Fact]
    public void Empty_texts_and_words_are_refused()
    {
        Refused(() => Inputs.Text("", 4), "The text of example 4 is empty*");
        Refused(() => Inputs.Text(" "), "The text is without a token*");
        Refused(() => Inputs.Pair("good", null, 4), "The second text of example 4 is null*");
        Refused(() => Inputs.Choices("the", ["good"], 4), "Example 4 has 1 choices; it needs at least 2*");
        Refused(() => Inputs.Choices("the", ["good", "bad bad bad bad bad bad bad"], 3),
            "Choice 1 of example 3 has 7 tokens; with 3 tokens of the task and one of the context it does not fit into 10*BertTuningOptions.MaxLength*");
        Refused(() => Inputs.Words(["good", ""], "example 4", "TaggedExample.Words"), "Word 1 of example 4 is empty; each word needs at least one character (TaggedExample.Words)*");
        Refused(() => _ = new BertInputs(Gpt2Tokenizer.Create(BytePairTrainer.Train(new InMemoryCorpus("a a"), new() { VocabularySize = 257 })), 10, 2), "The tokenizer puts no tokens before, between and behind texts*");
    }

    private static void Check(BertSequence sequence, string pieces, string segments, string places)
    {
        sequence.Ids.Should().Equal(ToyTasks.Ids(pieces));
        sequence.Segments.Should().Equal(segments.Split(' ').Select(int.Parse));
        sequence.Places.Should().Equal(places.Split(' ').Select(int.Parse));
    }

    private static void Refused(Action act, string message) => act.Should().Throw<ArgumentException>().WithMessage(message);
}
