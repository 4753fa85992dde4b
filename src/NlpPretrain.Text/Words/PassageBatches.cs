namespace NlpPretrain.Text;

/// <summary>Encodes a corpus on several threads and hands over what comes out in the order of the corpus.</summary>
internal static class PassageBatches
{
    private const int BatchCharacters = 1 << 18;

    /// <param name="corpus">The text, read once, a few batches ahead.</param>
    /// <param name="workers">Threads that encode, at least 1.</param>
    /// <param name="encode">Encodes passages into a batch that was used before, or is new. Called on several threads.</param>
    /// <param name="write">Takes an encoded batch, in order; afterwards it is used again. Called on the calling thread.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <typeparam name="TBatch">What a thread encodes into.</typeparam>
    internal static void Encode<TBatch>(ICorpus corpus, int workers, Action<TBatch, List<Passage>> encode, Action<TBatch> write, CancellationToken cancellationToken)
        where TBatch : class, new()
    {
        Queue<Task<TBatch>> running = new();
        Stack<TBatch> idle = new();
        foreach (List<Passage> passages in Cut(corpus))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (running.Count == workers + 1) WriteOldest();
            TBatch batch = idle.TryPop(out TBatch? used) ? used : new TBatch();
            running.Enqueue(Task.Run(() => Encoded(batch, passages), cancellationToken));
        }

        while (running.Count > 0) WriteOldest();

        TBatch Encoded(TBatch batch, List<Passage> passages)
        {
            encode(batch, passages);
            return batch;
        }

        void WriteOldest()
        {
            TBatch batch = running.Dequeue().GetAwaiter().GetResult();
            write(batch);
            idle.Push(batch);
        }
    }

    private static IEnumerable<List<Passage>> Cut(ICorpus corpus)
    {
        List<Passage> passages = [];
        int characters = 0;
        foreach (Passage passage in corpus.Read())
        {
            passages.Add(passage);
            if ((characters += passage.Text.Length + 1) < BatchCharacters) continue;

            yield return passages;
            (passages, characters) = ([], 0);
        }

        if (passages.Count > 0) yield return passages;
    }
}
