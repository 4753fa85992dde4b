using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public sealed class CachedAttentionTests : IDisposable
{
    private const int Batch = 2, Time = 150, Width = 24, Heads = 2;

    private readonly TensorArena _arena = new(2);
    private readonly float[] _values = OpCheck.Random(new(Batch, Time, 3 * Width), 2);

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData(32, 2)]
    [InlineData(160, 2)]
    [InlineData(64, 1)]
    public void Heads_of_whole_registers_have_the_bits_of_the_whole_sequence(int width, int heads)
    {
        float[] values = OpCheck.Random(new(1, Time, 3 * width), 3), whole;
        using (Pass pass = Pass.Inference(_arena)) whole = pass.Copy(values, new(1, Time, 3 * width)).CausalAttention(heads).Data.ToArray();
        KeyValueCache cache = new(1, Time, width);
        for (int start = 0; start < Time; start++)
        {
            using Pass pass = Pass.Inference(_arena);
            Tensor y = pass.Copy(values.AsSpan(start * 3 * width, 3 * width), new(1, 1, 3 * width)).CachedAttention(cache, heads);
            SameBits.Equal(y.Data, whole.AsSpan(start * width, width)).Should().BeTrue($"position {start}");
        }
    }

    [Fact]
    public void Sequences_of_different_lengths_each_have_their_own_bits()
    {
        float[] whole = Whole();
        KeyValueCache cache = new(3, Time, Width);
        Append(cache, [2], 0, 70, whole);
        Append(cache, [0], 1, 5, whole);
        cache.Select([0, 2]);
        cache.LengthOf(0).Should().Be(5);
        cache.LengthOf(1).Should().Be(70);
        cache.Length.Should().Be(70);
        Append(cache, [0, 2], [1, 0], 1, whole);
        Append(cache, [2, 0], [0, 1], 1, whole);

        cache.Copy(2, 1);
        Append(cache, [1, 2], [0, 0], 3, whole);
        Append(cache, [0], 1, 2, whole);
        cache.Select([2, 0]);
        cache.Truncate(40);
        (cache.LengthOf(0), cache.LengthOf(1)).Should().Be((40, 9));
        Append(cache, [2], 0, 1, whole);
        new Action(() => cache.Select([1, 1])).Should().Throw<ArgumentException>().WithMessage("Row 1 is sequence 1; the cache has the sequences 0 to 2*");
        new Action(() => cache.Select([])).Should().Throw<ArgumentException>();
        new Action(() => cache.Select([3])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void New_positions_have_the_bits_of_the_whole_sequence()
    {
        float[] whole = Whole();
        KeyValueCache cache = new(Batch, Time, Width);
        int[] steps = [37, .. Enumerable.Repeat(1, 40), 30, 1, 42];
        int start = 0;
        foreach (int count in steps)
        {
            CheckSteps(cache, whole, start, count);
            start += count;
        }

        cache.Length.Should().Be(Time);
    }

    [Fact]
    public void A_truncated_cache_continues_from_there()
    {
        float[] whole = Whole();
        KeyValueCache cache = new(Batch, Time, Width);
        CheckSteps(cache, whole, 0, 100);
        cache.Truncate(70);
        CheckSteps(cache, whole, 70, 5);
        cache.Length.Should().Be(75);
        new Action(() => cache.Truncate(76)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The cache has 75 positions*");
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        KeyValueCache cache = new(1, 4, 6);
        using (Pass pass = Pass.Inference(_arena))
        {
            pass.Zeros(new(1, 3, 18)).CachedAttention(cache, 2);
            new Action(() => pass.Zeros(new(1, 2, 18)).CachedAttention(cache, 2)).Should().Throw<ArgumentException>().WithMessage("2 new positions do not fit: the cache has 3 of at most 4*");
            new Action(() => pass.Zeros(new(2, 1, 18)).CachedAttention(cache, 2)).Should().Throw<ArgumentException>();
            new Action(() => pass.Zeros(new(1, 1, 18)).CachedAttention(cache, 4)).Should().Throw<ArgumentException>();
        }

        using Pass training = Pass.Training(_arena);
        new Action(() => training.Zeros(new(1, 1, 18)).CachedAttention(cache, 2)).Should().Throw<InvalidOperationException>().WithMessage("*no backward*");
        cache.Length.Should().Be(3);
    }

    private void Append(KeyValueCache cache, int[] sequences, int text, int count, float[] whole) => Append(cache, sequences, [text], count, whole);

    // The next positions of one of the two texts for each selected sequence.
    private void Append(KeyValueCache cache, int[] sequences, int[] texts, int count, float[] whole)
    {
        cache.Select(sequences);
        int[] starts = [.. texts.Select((text, row) => text * Time + cache.LengthOf(row))];
        using Pass pass = Pass.Inference(_arena);
        float[] values = [.. starts.SelectMany(start => _values.Skip(start * 3 * Width).Take(count * 3 * Width))];
        Tensor y = pass.Copy(values, new(texts.Length, count, 3 * Width)).CachedAttention(cache, Heads);
        for (int row = 0; row < texts.Length; row++)
            SameBits.Equal(y.Data.Slice(row * count * Width, count * Width), whole.AsSpan(starts[row] * Width, count * Width)).Should().BeTrue($"row {row} at {starts[row]}");
    }

    private float[] Whole()
    {
        using Pass pass = Pass.Inference(_arena);
        return pass.Copy(_values, new(Batch, Time, 3 * Width)).CausalAttention(Heads).Data.ToArray();
    }

    private void CheckSteps(KeyValueCache cache, float[] whole, int start, int count)
    {
        using Pass pass = Pass.Inference(_arena);
        float[] values = [.. Enumerable.Range(0, Batch).SelectMany(b => _values.Skip((b * Time + start) * 3 * Width).Take(count * 3 * Width))];
        Tensor y = pass.Copy(values, new(Batch, count, 3 * Width)).CachedAttention(cache, Heads);
        for (int b = 0; b < Batch; b++)
            SameBits.Equal(y.Data.Slice(b * count * Width, count * Width), whole.AsSpan((b * Time + start) * Width, count * Width)).Should().BeTrue($"positions {start} to {start + count - 1}");
    }
}
