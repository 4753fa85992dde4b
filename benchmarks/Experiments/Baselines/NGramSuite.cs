using System.Diagnostics;
using System.Globalization;

namespace NlpPretrain.Experiments.Baselines;

/// <summary>What counting words reaches on WikiText-2: the floor that a neural language model is compared with.</summary>
internal static class NGramSuite
{
    private const int Longest = 5;

    public static int Run(string[] arguments)
    {
        if (arguments.Contains("--check")) return NGramCheck.Run() ? 0 : 1;

        long start = Stopwatch.GetTimestamp();
        string folder = Path.Combine(Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") ?? "../shared/data", "wikitext2");
        WordStream stream = new();
        int[] train = stream.ReadVocabulary(Path.Combine(folder, "train.shuffled-articles.txt"));
        (string Name, int[] Words)[] texts = [("valid", stream.Read(Path.Combine(folder, "valid.txt"))), ("test", stream.Read(Path.Combine(folder, "test.txt")))];
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
        return 0;
    }

    private static void Print(string text, string model, double nats, int words) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FIGURE ngram/wikitext2-{text}-{model} {Math.Exp(nats / words):F1} perplexity goal -"));
}
