namespace NlpPretrain.Elmo.Tests;

public class ElmoBatchTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_that_was_used_before_is_as_a_fresh_one(bool hasCharacters)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters);
        int[][] before = [TinyElmo.Sequence(config, 9, 1), TinyElmo.Sequence(config, 12, 2), TinyElmo.Sequence(config, 3, 3)], sequences = [TinyElmo.Sequence(config, 2, 4), TinyElmo.Sequence(config, 5, 5)];
        ElmoBatch used = new(config), fresh = new(config);
        used.Fill(before);
        used.Fill(sequences);
        fresh.Fill(sequences);
        used.Shape.Should().Be(fresh.Shape);
        used.Tokens.ToArray().Should().Equal(fresh.Tokens.ToArray());
        used.Lengths.ToArray().Should().Equal(2, 5);
        used.Characters.ToArray().Should().Equal(fresh.Characters.ToArray());
    }

    [Fact]
    public void A_batch_is_full_where_no_sequence_has_padding()
    {
        ElmoBatch batch = new(TinyElmo.Words);
        batch.Fill([1, 2], [3, 4]);
        batch.IsFull.Should().BeTrue();
        batch.Fill([1], [3, 4]);
        batch.IsFull.Should().BeFalse("the first has");
        batch.Fill([1, 2], [3]);
        batch.IsFull.Should().BeFalse("the last has");
        batch.Fill([1, 2, 3, 4], sequences: 2);
        batch.IsFull.Should().BeTrue();
    }
}
