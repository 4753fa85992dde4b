using NlpPretrain.Text;

namespace NlpPretrain.Gpt.Tests.FineTuning;

/// <summary>A byte-level tokenizer of which each word of the toy tasks is one token, and a model.</summary>
internal static class ToyTasks
{
    public static Tokenizer Tokenizer { get; } = CreateTokenizer();

    public static GptConfig Config { get; } = new() { Layers = 2, Heads = 2, Width = 32, ContextLength = 24, VocabularySize = Tokenizer.Count, InitialDeviation = 0.15 };

    public static GptConfig WithoutDropout { get; } = Config with { EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0 };

    /// <summary>Ids of the words, and of s, d and e for start, delimiter and extract.</summary>
    public static int[] Ids(string words) => [.. words.Split(' ').Select(word => "sde".IndexOf(word, StringComparison.Ordinal) is int special and >= 0
        ? Tokenizer.Count + special
        : Tokenizer.TryGetId("Ġ" + word, out int id) ? id : throw new ArgumentException(word))];

    private static Tokenizer CreateTokenizer()
    {
        string[] words = [.. ToyTexts.Good, .. ToyTexts.Bad, .. ToyTexts.Other];
        string text = string.Concat(Enumerable.Repeat(string.Concat(words), 3));
        return Gpt2Tokenizer.Create(BytePairTrainer.Train(new InMemoryCorpus(text), new() { VocabularySize = 400 }));
    }
}
