using NlpPretrain.Initialization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt.Tests.FineTuning;

/// <summary>A few words in two clusters, and tasks over them, of texts, words and spans.</summary>
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

    /// <summary>Words of both clusters, "POS" and "NEG", and others, "O", some of two pieces.</summary>
    public static TaggedExample[] Tagged(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(k =>
    {
        RandomStream random = new(12, 0, (ulong)k);
        string[][] clusters = [Good, Bad, Other];
        (string Word, string Tag)[] words = [.. Enumerable.Range(0, 2 + random.Below(0, 6)).Select(i =>
        {
            int cluster = random.Below((ulong)(3 * i + 1), 3);
            return (clusters[cluster][random.Below((ulong)(3 * i + 2), 4)].Trim() + (random.Below((ulong)(3 * i + 3), 4) == 0 ? "er" : ""), ((string[])["POS", "NEG", "O"])[cluster]);
        })];
        return new TaggedExample([.. words.Select(word => word.Word)], [.. words.Select(word => word.Tag)]);
    })];

    /// <summary>Passages with one word of each cluster among others; the question asks for one of the clusters.</summary>
    public static SpanExample[] Spans(int count, int from = 0, int words = 5) => [.. Enumerable.Range(from, count).Select(k =>
    {
        RandomStream random = new(13, 0, (ulong)k);
        bool asksForGood = k % 2 == 0;
        int good = random.Below(0, words), bad = (good + 1 + random.Below(1, words - 1)) % words;
        List<string> passage = [];
        Range answer = default;
        for (int i = 0; i < words; i++)
        {
            string[] cluster = i == good ? Good : i == bad ? Bad : Other;
            string word = cluster[random.Below((ulong)(2 + i), 4)].Trim();
            int start = passage.Sum(one => one.Length + 1);
            if (i == (asksForGood ? good : bad)) answer = start..(start + word.Length);
            passage.Add(word);
        }

        return new SpanExample(asksForGood ? "good ?" : "bad ?", string.Join(' ', passage), [answer]);
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
