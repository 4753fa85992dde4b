namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed class TopWordsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(500)]
    public void Holds_the_best_in_whatever_order_they_come(int capacity)
    {
        var random = new Random(3);
        float[] scores = [.. Enumerable.Range(0, 300).Select(_ => random.Next(20) / 10f - 1)];
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        random.Shuffle(order);

        TopWords first = new(capacity), second = new(capacity);
        foreach (int index in order)
        {
            (index % 3 == 0 ? first : second).Offer(index, scores[index]);
        }

        first.OfferAll(second);
        first.ToSorted().Should().Equal(Made.Ranked(scores.Length, index => scores[index]).Take(capacity).Select(index => (index, scores[index])));
    }
}
