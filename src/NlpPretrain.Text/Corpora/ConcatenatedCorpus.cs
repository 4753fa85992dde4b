namespace NlpPretrain.Text;

/// <summary>Several corpora one after another, as one.</summary>
/// <remarks>
/// A part's documents are numbered on from the last document with text of the part before it. Starting past a part reads it once to
/// count its documents; the count is kept.
/// </remarks>
public sealed class ConcatenatedCorpus : ICorpus
{
    private readonly ICorpus[] _parts;
    private readonly long[] _counts;

    /// <summary>Joins corpora.</summary>
    /// <param name="parts">The corpora, in order.</param>
    public ConcatenatedCorpus(params IEnumerable<ICorpus> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts];
        if (_parts.Contains(null)) throw new ArgumentException("A corpus is null.", nameof(parts));
        _counts = new long[_parts.Length];
        Array.Fill(_counts, -1);
    }

    /// <inheritdoc/>
    public IEnumerable<Passage> Read(long firstDocument = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstDocument);
        return ReadFrom(firstDocument);
    }

    private IEnumerable<Passage> ReadFrom(long firstDocument)
    {
        long offset = 0;
        for (int part = 0; part < _parts.Length; part++)
        {
            long count = Volatile.Read(ref _counts[part]);
            if (count < 0 || firstDocument < offset + count)
            {
                foreach (Passage passage in _parts[part].Read(Math.Max(0, firstDocument - offset)))
                {
                    count = passage.Document + 1;
                    yield return passage with { Document = offset + passage.Document };
                }

                if (count < 0) count = _parts[part].Read().Aggregate(0L, (_, passage) => passage.Document + 1);
                Volatile.Write(ref _counts[part], count);
            }

            offset += count;
        }
    }
}
