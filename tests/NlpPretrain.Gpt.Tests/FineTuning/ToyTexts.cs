using NlpPretrain.Initialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

/// <summary>A few words in two clusters, and tasks over them.</summary>
internal static class ToyTexts
{
    public static readonly string[] Good = [" good", " great", " fine", " lovely"], Bad = [" bad", " awful", " poor", " dull"], Other = [" the", " to", " run", " walk"];

    public static TextExample[] Texts(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(k => new TextExample(Text(k % 2 == 0, k), k % 2 == 0 ? "yes" : "no"))];

    public static PairExample[] Pairs(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(k => new PairExample(Text(k % 2 == 0, k), Text(k / 2 % 2 == 0, k + 500), k % 2 == k / 2 % 2 ? "same" : "other"))];

    public static ScoredPairExample[] Scores(int count, int from = 0) =>
        [.. Pairs(count, from).Select(pair => new ScoredPairExample(pair.First, pair.Second, pair.Label == "same" ? 4 : 1))];

    /// <summary>Two or three choices, of which one is of the context's cluster.</summary>
    public static ChoiceExample[] Choices(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(k =>
    {
        bool isGood = k % 2 == 0;
        string[] choices = [.. Enumerable.Range(0, 2 + k % 3 / 2).Select(choice => Text(choice == k / 2 % 2 ? isGood : !isGood, k + 100 * choice))];
        return new ChoiceExample(Text(isGood, k + 700), choices, k / 2 % 2);
    })];

    /// <summary>One to three words of a cluster, with others between.</summary>
    public static string Text(bool good, int number)
    {
        RandomStream random = new(11, good ? 1UL : 0, (ulong)number);
        string[] words = good ? Good : Bad;
        return string.Concat(Enumerable.Range(0, 1 + random.Below(0, 3)).Select(k => words[random.Below((ulong)(3 * k + 1), 4)] + (random.Below((ulong)(3 * k + 2), 2) == 0 ? "" : Other[random.Below((ulong)(3 * k + 3), 4)])));
    }

    public static async Task<List<TrainingProgress>> Pull(IAsyncEnumerable<TrainingProgress> stream)
    {
        List<TrainingProgress> steps = [];
        await foreach (TrainingProgress at in stream) steps.Add(at);
        return steps;
    }
}
