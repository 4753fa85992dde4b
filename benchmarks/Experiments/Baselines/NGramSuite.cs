using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace NlpPretrain.Experiments.Baselines;

/// <summary>What counting words reaches on WikiText-2: the floor that a neural language model is compared with.</summary>
internal sealed class NGramSuite() : Suite("ngram", "Word n-grams with modified Kneser-Ney smoothing on WikiText-2")
{
    private const int Longest = 5;

    protected override Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        WordStream stream = new();
        int[] train = stream.ReadVocabulary(options.Data("wikitext2", "train.shuffled-articles.txt"));
        (string Name, int[] Words)[] texts = [("valid", stream.Read(options.Data("wikitext2", "valid.txt"))), ("test", stream.Read(options.Data("wikitext2", "test.txt")))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"train: {train.Length} words with <eos>, {stream.VocabularySize} types"));
        NGramCounts counts = new(train, stream.VocabularySize, Longest);
        for (int length = 1; length <= Longest; length++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{length}-grams: {counts.Table(length).Count}"));

        foreach ((string name, int[] words) in texts)
            Print(name, "unigram", -words.Sum(word => Math.Log((double)counts.Table(1).Counts[counts.Find([word])] / train.Length)), words.Length);
        for (int length = 1; length <= Longest; length++)
        {
            KneserNeyModel model = new(counts, length);
            foreach ((string name, int[] words) in texts) Print(name, $"{length}-gram", model.Nats(words), words.Length);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB"));
        return Task.FromResult(0);
    }

    private static void Print(string text, string model, double nats, int words) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FIGURE ngram/wikitext2-{text}-{model} {Math.Exp(nats / words):F1} perplexity goal -"));
}
