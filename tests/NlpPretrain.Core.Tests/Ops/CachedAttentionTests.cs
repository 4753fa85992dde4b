using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public sealed class CachedAttentionTests : IDisposable
{
    private const int Batch = 2, Time = 150, Width = 24, Heads = 2;

    private readonly TensorArena _arena = new(2);
    private readonly float[] _values = OpCheck.Random(new(Batch, Time, 3 * Width), 2);

    public void Dispose() => _arena.Dispose();

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
