using System.Collections.Concurrent;

namespace NlpPretrain.Text;

/// <summary>A normalizer and a pre-tokenizer as what counts the words of a corpus knows them.</summary>
internal sealed class PreTokenWords(TextNormalizer? normalizer, PreTokenizer preTokenizer) : IWordTokenizer
{
    private readonly ConcurrentBag<Workspace> _free = [];

    /// <summary>Counts the words of a corpus; their order depends on the threads.</summary>
    internal static WordTable Count(ICorpus corpus, TextNormalizer? normalizer, PreTokenizer preTokenizer, int? workers, CancellationToken cancellationToken)
    {
        WordTable[] tables = CorpusWords.Read(corpus, new PreTokenWords(normalizer, preTokenizer), workers,
            () => new WordTable(), (table, words) => table.Add(words), cancellationToken);
        foreach (WordTable other in tables.AsSpan(1)) tables[0].Add(other);
        if (tables[0].Count == 0) throw new CorpusException("The corpus has no words: it is empty, or the pre-tokenizer finds no word in it.");
        return tables[0];
    }

    public void Tokenize(ReadOnlySpan<char> text, WordBuffer words)
    {
        if (!_free.TryTake(out Workspace? own)) own = new Workspace();
        if (normalizer is not null)
        {
            own.Text.Reset(text);
            normalizer.Normalize(own.Text);
            text = own.Text.Text;
        }

        own.Places.Clear();
        preTokenizer.Split(text, own.Places);
        foreach ((int start, int length) in own.Places) words.Add(text.Slice(start, length));
        _free.Add(own);
    }

    private sealed class Workspace
    {
        internal NormalizedText Text { get; } = new();

        internal List<(int Start, int Length)> Places { get; } = [];
    }
}
