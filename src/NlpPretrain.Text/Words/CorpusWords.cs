using System.Runtime.ExceptionServices;

namespace NlpPretrain.Text;

/// <summary>Tokenizes a corpus on several threads, for results that do not depend on the order of the passages.</summary>
internal static class CorpusWords
{
    private const int BatchCharacters = 1 << 14;

    /// <summary>Counts all words of a corpus.</summary>
    internal static WordVocabularyBuilder Count(ICorpus corpus, IWordTokenizer tokenizer, int? workers, CancellationToken cancellationToken)
    {
        WordVocabularyBuilder[] builders = Read(corpus, tokenizer, workers, () => new WordVocabularyBuilder(),
            (builder, words) => builder.Add(words), cancellationToken);
        WordVocabularyBuilder total = builders[0];
        for (int i = 1; i < builders.Length; i++) total.Merge(builders[i]);
        return total;
    }

    /// <summary>Gives each passage's words to the state of one of the workers.</summary>
    /// <returns>The states, one a worker.</returns>
    internal static TState[] Read<TState>(ICorpus corpus, IWordTokenizer tokenizer, int? workers, Func<TState> create,
        Action<TState, WordBuffer> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        int threads = workers ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(workers));

        using IEnumerator<Passage> passages = corpus.Read().GetEnumerator();
        PassageSource source = new(passages, cancellationToken);
        TState[] states = new TState[threads];
        Task[] others = new Task[threads - 1];
        for (int i = 0; i < threads; i++) states[i] = create();
        for (int i = 1; i < threads; i++)
        {
            TState state = states[i];
            others[i - 1] = Task.Factory.StartNew(() => Work(source, tokenizer, state, take), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        Work(source, tokenizer, states[0], take);
        Task.WaitAll(others, CancellationToken.None);
        source.ThrowIfFailed();
        return states;
    }

    private static void Work<TState>(PassageSource source, IWordTokenizer tokenizer, TState state, Action<TState, WordBuffer> take)
    {
        try
        {
            WordBuffer words = new();
            List<string> batch = [];
            while (source.Next(batch))
            {
                foreach (string text in batch)
                {
                    words.Clear();
                    tokenizer.Tokenize(text, words);
                    take(state, words);
                }
            }
        }
        catch (Exception failure)
        {
            source.Fail(failure);
        }
    }

    /// <summary>The corpus, read by one worker at a time: who needs text decodes it.</summary>
    private sealed class PassageSource(IEnumerator<Passage> passages, CancellationToken cancellationToken)
    {
        private readonly Lock _lock = new();
        private Exception? _failure;
        private bool _isAtEnd;

        internal bool Next(List<string> batch)
        {
            batch.Clear();
            lock (_lock)
            {
                if (_failure is not null) return false;

                cancellationToken.ThrowIfCancellationRequested();
                for (int characters = 0; characters < BatchCharacters && !_isAtEnd;)
                {
                    if (!passages.MoveNext())
                    {
                        _isAtEnd = true;
                        break;
                    }

                    batch.Add(passages.Current.Text);
                    characters += passages.Current.Text.Length + 1;
                }
            }

            return batch.Count > 0;
        }

        internal void Fail(Exception failure)
        {
            lock (_lock) _failure ??= failure;
        }

        internal void ThrowIfFailed()
        {
            if (_failure is not null) ExceptionDispatchInfo.Capture(_failure).Throw();
        }
    }
}
