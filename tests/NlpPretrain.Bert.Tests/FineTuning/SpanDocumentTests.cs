namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>How passages are cut, worked out by hand after run_squad.py.</summary>
public sealed class SpanDocumentTests
{
    private const string Ten = "the to run walk good bad fine poor dull great";

    private static readonly BertInputs Inputs = new(ToyTasks.Tokenizer, maxLength: 10, segmentTypes: 2);

    [Fact]
    public void A_short_passage_is_one_part()
    {
        BertSpanDocument document = Create("good ?", "the fine run", new());
        BertSpanWindow window = document.Windows.Single();
        window.Sequence.Ids.Should().Equal(ToyTasks.Ids("c good ? s the fine run s"));
        window.Sequence.Segments.Should().Equal(0, 0, 0, 0, 1, 1, 1, 1);
        window.Sequence.Places.Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        (window.First, window.Count, window.Offset).Should().Be((0, 3, 4));
    }

    [Theory]
    [InlineData(128, "0-5 5-10")]                                                       // no more than the part itself
    [InlineData(5, "0-5 5-10")]
    [InlineData(3, "0-5 3-8 6-10")]
    [InlineData(1, "0-5 1-6 2-7 3-8 4-9 5-10")]
    public void A_long_passage_is_cut_with_the_stride(int stride, string parts) =>
        Create("good ?", Ten, new() { DocumentStride = stride }).Windows.Select(window => $"{window.First}-{window.End}").Should().Equal(parts.Split(' '));

    [Fact]
    public void A_question_loses_its_end() => Create("good bad fine ?", "the", new() { MaxQuestionLength = 2 }).Windows.Single().Sequence.Ids.Should().Equal(ToyTasks.Ids("c good bad s the s"));

    [Fact]
    public void A_token_has_the_most_context_in_one_part()
    {
        BertSpanDocument document = Create("good ?", Ten, new() { DocumentStride = 3 });        // 0-5, 3-8, 6-10
        int[][] allowed = [.. Enumerable.Range(0, 3).Select(window => Enumerable.Range(document.Windows[window].First, document.Windows[window].Count).Where(token => document.HasMostContext(window, token)).ToArray())];
        allowed[0].Should().Equal(0, 1, 2, 3);                                              // 3 has 1 on its right here and 0 on its left in the next; 4 has 0 here
        allowed[1].Should().Equal(4, 5, 6);                                                 // 6 has 1 here, 0 in the next
        allowed[2].Should().Equal(7, 8, 9);                                                 // 7 has 1 here
    }

    [Fact]
    public void Of_parts_with_as_much_context_the_first_has_the_token()
    {
        BertSpanDocument document = Create("good ?", "the to run walk good bad fine", new() { DocumentStride = 2 });        // 0-5, 2-7: token 3 has 1 on the right, and 1 on the left
        (document.HasMostContext(0, 3), document.HasMostContext(1, 3)).Should().Be((true, false));
    }

    [Theory]
    [InlineData(3, 4, "7-8 4-5 0-0")]
    [InlineData(4, 5, "0-0 5-6 0-0")]                                                   // one token more than the first part has
    [InlineData(2, 3, "6-7 0-0 0-0")]
    [InlineData(6, 7, "0-0 7-8 4-5")]
    public void Each_part_has_all_of_the_answer_or_none(int first, int last, string targets)
    {
        BertSpanDocument document = Create("good ?", Ten, new() { DocumentStride = 3 });        // 0-5, 3-8, 6-10, from place 4 on
        document.Windows.Select(window => window.TargetOf((first, last))).Select(target => $"{target.First}-{target.Last}").Should().Equal(targets.Split(' '));
        document.Windows[0].TargetOf(null).Should().Be((0, 0));
    }

    [Fact]
    public void Characters_become_tokens_and_back()
    {
        BertSpanDocument document = Create("good ?", "the walking gooder.", new());                   // the walk ##ing good ##er .
        document.TokensOf(4, 11).Should().Be((1, 2));
        document.TokensOf(4, 8).Should().Be((1, 1));
        document.TokensOf(5, 6).Should().Be((1, 1));                                         // part of a token is that token
        document.TokensOf(0, 19).Should().Be((0, 5));
        document.TokensOf(3, 4).Should().Match<(int First, int Last)>(tokens => tokens.Last < tokens.First);            // the space
        document.Context[document.PlaceOf(1, 3)].Should().Be("walking good");
    }

    [Fact]
    public void Empty_texts_are_refused()
    {
        Refused(() => Create("", "good", new()), "The question of example 7 is empty*");
        Refused(() => Create("good", null!, new()), "The context of example 7 is null*");
        Refused(() => Create(" ", "good", new()), "The question of example 7 is without a token*");
        Refused(() => Create("good", "\n", new()), "The context of example 7 is without a token*");
    }

    private static BertSpanDocument Create(string question, string context, BertSpanOptions options) => BertSpanDocument.Create(Inputs, options, question, context, example: 7);

    private static void Refused(Action act, string message) => act.Should().Throw<ArgumentException>().WithMessage(message);
}
