namespace NlpPretrain.Training.Tests;

public sealed class EntityReportTests
{
    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC", 2, 0, 0)]
    [InlineData("B-PER I-PER O B-LOC", "B-PER O O B-LOC", 1, 1, 1)] // too short
    [InlineData("B-PER I-PER O B-LOC", "B-PER I-PER I-PER B-LOC", 1, 1, 1)] // too long
    [InlineData("B-PER I-PER O B-LOC", "B-LOC I-LOC O B-LOC", 1, 1, 1)] // the wrong type
    [InlineData("B-PER I-PER", "B-PER B-PER", 0, 2, 1)] // cut in two
    [InlineData("B-PER B-PER", "B-PER I-PER", 0, 1, 2)] // two run together
    [InlineData("I-PER I-PER O", "B-PER I-PER O", 1, 0, 0)] // an I begins an entity after an O
    [InlineData("B-PER I-LOC", "B-PER B-LOC", 2, 0, 0)] // and after another type
    [InlineData("I-PER B-PER I-PER", "B-PER B-PER I-PER", 2, 0, 0)]
    [InlineData("B I O B", "B I O O", 1, 0, 1)] // no types
    [InlineData("B- I-", "B I", 1, 0, 0)]
    [InlineData("B-a-b I-a-b", "B-a-b I-a-b", 1, 0, 0)]
    [InlineData("O O", "O O", 0, 0, 0)]
    public void By_hand(string expected, string predicted, long right, long wrong, long missed) =>
        EntityReport.Compare([expected.Split(' ')], [predicted.Split(' ')]).Overall.Should().Be(new PrecisionRecall(right, wrong, missed));

    [Fact]
    public void No_entity_goes_on_into_the_next_sentence() =>
        EntityReport.Compare([["B-PER"], ["I-PER"]], [["B-PER"], ["B-PER"]]).Overall.Should().Be(new PrecisionRecall(2, 0, 0));

    [Fact]
    public void Each_type_is_counted_for_itself()
    {
        EntityReport report = EntityReport.Compare([["B-PER", "O", "B-LOC"]], [["B-PER", "B-ORG", "O"]]);

        report.Types.Should().Equal(new Dictionary<string, PrecisionRecall> { ["LOC"] = new(0, 0, 1), ["ORG"] = new(0, 1, 0), ["PER"] = new(1, 0, 0) });
        report.Overall.F1.Should().Be(0.5);
    }

    [Fact]
    public void Agrees_with_a_word_by_word_count_as_the_CoNLL_script_does()
    {
        string[] tags = ["O", "O", "B-X", "I-X", "B-Y", "I-Y"];
        var random = new Random(2_000);
        for (int round = 0; round < 300; round++)
        {
            List<string[]> expected = [], predicted = [];
            for (int sentence = 0; sentence < 5; sentence++)
            {
                string[] right = [.. Enumerable.Range(0, random.Next(9)).Select(_ => tags[random.Next(tags.Length)])];
                expected.Add(right);
                predicted.Add([.. right.Select(tag => random.Next(4) == 0 ? tags[random.Next(tags.Length)] : tag)]);
            }

            EntityReport.Compare(expected, predicted).Overall.Should().Be(CountWordByWord(expected, predicted));
        }
    }

    [Fact]
    public void Refuses_other_tags_and_other_lengths()
    {
        FluentActions.Invoking(() => EntityReport.Compare([["O", "S-PER"]], [["O", "O"]])).Should().Throw<ArgumentException>().WithMessage("Word 1 of sentence 0 has the tag 'S-PER'*");
        FluentActions.Invoking(() => EntityReport.Compare([["O"]], [["BPER"]])).Should().Throw<ArgumentException>().WithMessage("*'BPER'*");
        FluentActions.Invoking(() => EntityReport.Compare([["O"]], [[""]])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => EntityReport.Compare([["O"]], [["O", "O"]])).Should().Throw<ArgumentException>().WithMessage("Sentence 0 has 2 predicted tags for 1*");
        FluentActions.Invoking(() => EntityReport.Compare([["O"]], [])).Should().Throw<ArgumentException>().WithMessage("*0 sentences for 1*");
    }

    /// <summary>The script's way: one pass over the words of both columns, asking at each whether an entity ends or starts, and whether both agree since its start.</summary>
    private static PrecisionRecall CountWordByWord(List<string[]> expected, List<string[]> predicted)
    {
        static bool Ends(string before, string tag) => before != "O" && (tag == "O" || tag[0] == 'B' || tag[1..] != before[1..]);
        static bool Starts(string before, string tag) => tag != "O" && (before == "O" || tag[0] == 'B' || tag[1..] != before[1..]);

        long right = 0, there = 0, found = 0;
        for (int sentence = 0; sentence < expected.Count; sentence++)
        {
            bool agree = false;
            string before = "O", beforeFound = "O";
            foreach ((string tag, string tagFound) in expected[sentence].Append("O").Zip(predicted[sentence].Append("O")))
            {
                bool ends = Ends(before, tag), endsFound = Ends(beforeFound, tagFound), starts = Starts(before, tag), startsFound = Starts(beforeFound, tagFound);
                if (agree && ends && endsFound) right++;
                if (ends || endsFound) agree = false;
                if (starts && startsFound && tag[1..] == tagFound[1..]) agree = true;
                if (starts) there++;
                if (startsFound) found++;
                (before, beforeFound) = (tag, tagFound);
            }
        }

        return new PrecisionRecall(right, found - right, there - right);
    }
}
