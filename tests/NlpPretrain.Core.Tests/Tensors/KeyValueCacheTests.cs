using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Tensors;

public sealed class KeyValueCacheTests
{
    // Attention of one query reads keys by 16 rows, also behind the last: what it reads must be the cache's own memory.
    [Theory]
    [InlineData(1, 1, 768)]
    [InlineData(1, 5, 64)]
    [InlineData(3, 2, 128)]
    [InlineData(2, 17, 32)]
    public void Sixteen_rows_from_any_key_on_are_memory_of_the_cache(int sequences, int capacity, int width)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        KeyValueCache cache = new(sequences, capacity, width);
        long rows = (GC.GetAllocatedBytesForCurrentThread() - before) / sizeof(float) / width;
        rows.Should().BeGreaterThanOrEqualTo((sequences - 1) * capacity + (capacity + 15) / 16 * 16);
        cache.Capacity.Should().Be(capacity);
    }
}
