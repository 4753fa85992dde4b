using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Initialization;
using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>Word pieces for the words of the toy tasks, a model, and tasks of words and spans.</summary>
internal static class ToyTasks
{
    public static Tokenizer Tokenizer { get; } = BertTokenizer.Create(new WordPieceModel(
        [.. BertTokenizer.SpecialTokens, .. ToyTexts.Good.Concat(ToyTexts.Bad).Concat(ToyTexts.Other).Select(word => word.Trim()), "##ing", "##er", "?", ".", "a"]));

    public static BertConfig Config { get; } = new() { Layers = 2, Heads = 2, Width = 32, ContextLength = 24, VocabularySize = Tokenizer.Count, InitialDeviation = 0.15 };

    public static BertConfig WithoutDropout { get; } = Config with { Dropout = 0, AttentionDropout = 0 };

    /// <summary>Words of both clusters, "POS" and "NEG", and others, "O", some of two pieces.</summary>
    public static TaggedExample[] Tagged(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(k =>
    {
        RandomStream random = new(12, 0, (ulong)k);
        string[][] clusters = [ToyTexts.Good, ToyTexts.Bad, ToyTexts.Other];
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
            string[] cluster = i == good ? ToyTexts.Good : i == bad ? ToyTexts.Bad : ToyTexts.Other;
            string word = cluster[random.Below((ulong)(2 + i), 4)].Trim();
            int start = passage.Sum(one => one.Length + 1);
            if (i == (asksForGood ? good : bad)) answer = start..(start + word.Length);
            passage.Add(word);
        }

        return new SpanExample(asksForGood ? "good ?" : "bad ?", string.Join(' ', passage), [answer]);
    })];

    public static int Id(string piece) => Tokenizer.TryGetId(piece, out int id) ? id : throw new ArgumentException(piece);

    /// <summary>Ids of pieces between spaces; c and s stand for [CLS] and [SEP].</summary>
    public static int[] Ids(string pieces) => [.. pieces.Split(' ').Select(piece => Id(piece switch { "c" => "[CLS]", "s" => "[SEP]", _ => piece }))];
}
