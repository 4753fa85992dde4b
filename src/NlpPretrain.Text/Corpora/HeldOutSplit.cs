namespace NlpPretrain.Text;

/// <summary>A corpus in two parts without a common document, for training and for evaluation.</summary>
/// <remarks>
/// Both parts keep the numbers of the documents. The first document is always one for training: a corpus of fewer than
/// <see cref="Every"/> documents has nothing held out.
/// </remarks>
public sealed class HeldOutSplit
{
    /// <summary>Splits a corpus.</summary>
    /// <param name="corpus">The whole.</param>
    /// <param name="every">Of this many documents in a row the last is held out; at least 2.</param>
    public HeldOutSplit(ICorpus corpus, int every = 20)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 2);
        Every = every;
        Training = new Part(corpus, document => document % every != every - 1);
        HeldOut = new Part(corpus, document => document % every == every - 1);
    }

    /// <summary>One document in so many is held out.</summary>
    public int Every { get; }

    /// <summary>The documents for training.</summary>
    public ICorpus Training { get; }

    /// <summary>The documents for evaluation.</summary>
    public ICorpus HeldOut { get; }

    private sealed class Part(ICorpus corpus, Func<long, bool> contains) : ICorpus
    {
        public IEnumerable<Passage> Read(long firstDocument = 0) =>
            corpus.Read(firstDocument).Where(passage => contains(passage.Document));
    }
}
