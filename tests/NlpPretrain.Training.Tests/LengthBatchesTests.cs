using NlpPretrain.Testing;

namespace NlpPretrain.Training.Tests;

public sealed class LengthBatchesTests
{
    private static int[] Lengths(int count) => [.. Enumerable.Range(0, count).Select(k => k * 7919 % 101)];

    [Theory]
    [InlineData(1, 32)]
    [InlineData(32, 32)]
    [InlineData(1000, 32)]
    [InlineData(1001, 7)]
    public void Every_example_comes_once_an_epoch(int count, int batchSize)
    {
        LengthBatches batches = new(Lengths(count), batchSize, seed: 3);
        for (long epoch = 0; epoch < 3; epoch++)
        {
            List<int> seen = [];
            for (int batch = 0; batch < batches.Count; batch++)
            {
                int[] examples = batches[epoch * batches.Count + batch].ToArray();
                examples.Length.Should().BeInRange(1, batchSize);
                seen.AddRange(examples);
            }

            seen.Order().Should().Equal(Enumerable.Range(0, count));
        }
    }

    [Fact]
    public void The_order_depends_on_the_seed_and_the_epoch_alone()
    {
        int[] lengths = Lengths(500);
        LengthBatches forward = new(lengths, 32, seed: 3), backward = new(lengths, 32, seed: 3), other = new(lengths, 32, seed: 4);
        int[][] first = [.. Enumerable.Range(0, 3 * forward.Count).Select(batch => forward[batch].ToArray())];

        for (int batch = first.Length - 1; batch >= 0; batch--) backward[batch].ToArray().Should().Equal(first[batch]);
        first.Index().Count(batch => other[batch.Index].SequenceEqual(batch.Item)).Should().Be(0);
        first[forward.Count].Should().NotEqual(first[0], "each epoch has an order of its own");
    }

    [Fact]
    public void Little_is_padding()
    {
        int[] lengths = Lengths(5000);
        LengthBatches batches = new(lengths, 32, seed: 3);
        long padded = 0;
        for (int batch = 0; batch < batches.Count; batch++)
        {
            ReadOnlySpan<int> examples = batches[batch];
            padded += (long)examples.Length * lengths[examples[^1]];
            for (int k = 1; k < examples.Length; k++) lengths[examples[k - 1]].Should().BeLessThanOrEqualTo(lengths[examples[k]]);
        }

        ((double)padded / lengths.Sum(length => (long)length)).Should().BeLessThan(1.2, "unsorted batches pad to twice as much");
    }

    [Fact]
    public void A_batch_allocates_nothing()
    {
        LengthBatches batches = new(Lengths(500), 32, seed: 3);
        Allocations.CheckNoneHere(() =>
        {
            for (int batch = 0; batch < 3 * batches.Count; batch++) _ = batches[batch];
        });
    }

    [Fact]
    public void Refuses_what_cannot_be_batched()
    {
        FluentActions.Invoking(() => new LengthBatches([], 32, 1)).Should().Throw<ArgumentException>().WithMessage("There are no examples*");
        FluentActions.Invoking(() => new LengthBatches([1], 0, 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new LengthBatches([1], 1, 1)[-1].Length).Should().Throw<ArgumentOutOfRangeException>();
    }
}
