using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>The search of answers on scores made by hand.</summary>
public sealed class SpanSearchTests
{
    private const string Passage = "the to run walk good bad fine poor";

    private static readonly string[] Words = Passage.Split(' ');

    [Fact]
    public void The_best_pair_is_told_and_others_follow()
    {
        SpanPrediction[] answers = Search(new(), first: "run 5, walk 2", last: "walk 4, run 1");
        answers.Take(3).Select(answer => answer.Text).Should().Equal("run walk", "run", "walk");
        answers[0].Place.Should().Be(7..15);
        (answers[0].Probability / answers[1].Probability).Should().BeApproximately(Math.Exp(9 - 6), 1e-3);
        answers.Sum(answer => answer.Probability).Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void The_last_token_is_not_before_the_first() => Search(new(), "good 9", "run 9, fine 3")[0].Text.Should().Be("good bad fine");

    [Fact]
    public void An_answer_has_at_most_so_many_tokens()
    {
        Search(new() { MaxAnswerLength = 3 }, "the 9, run 2", "walk 9")[0].Text.Should().Be("run walk");
        Search(new() { MaxAnswerLength = 4 }, "the 9, run 2", "walk 9")[0].Text.Should().Be("the to run walk");
    }

    [Fact]
    public void Only_the_best_tokens_are_paired()
    {
        // The last token's best two are before every first one of the best two: nothing is left but what a third gives.
        Search(new() { Candidates = 2 }, "fine 9, poor 8", "the 9, to 8").Should().BeEmpty();
        Search(new() { Candidates = 3 }, "fine 9, poor 8", "the 9, to 8, poor 1").Select(answer => answer.Text).Should().StartWith(["fine poor", "poor"]).And.HaveCountLessThanOrEqualTo(3);
    }

    [Fact]
    public void Question_and_special_tokens_are_no_answer()
    {
        float[] scores = Scores("run 1", "run 1");
        scores[2] = scores[3] = 50;                                                          // the question
        Answers([scores], new())[0].Text.Should().Be("run");
    }

    [Fact]
    public void A_text_is_told_once_with_its_best_score()
    {
        SpanPrediction[] answers = Search(new(), "the 5, good 1", "the 5, good 1", passage: "the good the good");
        answers.Select(answer => answer.Text).Should().OnlyHaveUniqueItems();
        answers[0].Place.Should().Be(0..3);
    }

    [Theory]
    [InlineData(3.0, 0.0, false)]                                                            // 2·3 − 6 = 0 is not above 0
    [InlineData(3.1, 0.0, true)]
    [InlineData(3.1, 0.3, false)]                                                            // 0.2 is not above 0.3
    [InlineData(3.2, 0.3, true)]
    [InlineData(2.0, -3.0, true)]                                                            // −2 is above −3
    public void No_answer_wins_above_the_threshold(float none, double threshold, bool wins)
    {
        float[] scores = Scores("run 3", "run 3");
        scores[0] = scores[1] = none;
        SpanPrediction[] answers = Answers([scores], new() { NullThreshold = threshold });
        (answers[0].Place is null).Should().Be(wins);
        answers.Count(answer => answer.Place is null).Should().Be(1);
        answers.Single(answer => answer.Place is null).Text.Should().BeEmpty();
        answers.Sum(answer => answer.Probability).Should().BeApproximately(1, 1e-12);
        Answers([scores], new())[0].Text.Should().Be("run", "by the rules of SQuAD 1.1 there is always an answer");
    }

    [Fact]
    public void No_answer_scores_the_lowest_of_the_parts()
    {
        BertSpanOptions options = new() { DocumentStride = 5, NullThreshold = 0 };
        BertSpanDocument document = Document(options, maxLength: 10);
        document.Windows.Should().HaveCount(2);
        float[] sure = new float[2 * document.Windows[0].Sequence.Length], unsure = new float[2 * document.Windows[1].Sequence.Length];
        sure[0] = 9;
        unsure[0] = 1;
        unsure[2 * document.Windows[1].Offset] = 2;                                          // of the second part the first token, "bad"
        SpanSearch.Answers(document, [sure, unsure], options.Rules)[0].Text.Should().StartWith("bad");
        unsure[0] = 3;
        SpanSearch.Answers(document, [sure, unsure], options.Rules)[0].Place.Should().BeNull();
    }

    [Fact]
    public void A_first_token_counts_in_the_part_with_its_most_context()
    {
        BertSpanOptions options = new() { DocumentStride = 3 };
        BertSpanDocument document = Document(options, maxLength: 10);                            // 0-5 and 3-8: "walk" has more context in the first, "good" in the second
        float[] first = new float[2 * document.Windows[0].Sequence.Length], second = new float[2 * document.Windows[1].Sequence.Length];
        Set(first, document.Windows[0], "good", 9, 9);
        Set(second, document.Windows[1], "walk", 8, 8);
        Set(second, document.Windows[1], "fine", 4, 4);
        SpanPrediction best = SpanSearch.Answers(document, [first, second], options.Rules)[0];
        best.Text.Should().Be("the to run walk good", "good may be a last token of the first part, and of the first tokens with nothing the first is taken");
        Set(first, document.Windows[0], "good", 9, 0);
        SpanSearch.Answers(document, [first, second], options.Rules)[0].Text.Should().Be("fine");
    }

    private static void Set(float[] scores, BertSpanWindow window, string word, float first, float last)
    {
        int token = 2 * (window.Offset + Array.IndexOf(Words, word) - window.First);
        (scores[token], scores[token + 1]) = (first, last);
    }

    private static BertSpanDocument Document(BertSpanOptions options, int maxLength = 24, string passage = Passage) =>
        BertSpanDocument.Create(new BertInputs(ToyTasks.Tokenizer, maxLength, 2), options, "good ?", passage);

    private static SpanPrediction[] Answers(float[][] scores, BertSpanOptions options, string passage = Passage) => SpanSearch.Answers(Document(options, passage: passage), scores, options.Rules);

    private static SpanPrediction[] Search(BertSpanOptions options, string first, string last, string passage = Passage) => Answers([Scores(first, last, passage)], options, passage);

    /// <summary>Scores of one part: those named, 0 for the others.</summary>
    private static float[] Scores(string first, string last, string passage = Passage)
    {
        BertSpanWindow window = Document(new(), passage: passage).Windows.Single();
        float[] scores = new float[2 * window.Sequence.Length];
        foreach ((string named, int which) in new[] { (first, 0), (last, 1) })
        {
            foreach (string[] pair in named.Split(", ").Select(part => part.Split(' '))) scores[2 * (window.Offset + Array.IndexOf(passage.Split(' '), pair[0])) + which] = float.Parse(pair[1]);
        }

        return scores;
    }
}
