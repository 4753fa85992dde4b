using NlpPretrain.Initialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec.Tests.FineTuning;

/// <summary>A few words in two clusters, with small random vectors and counts.</summary>
internal static class ToyWords
{
    public const int Dimensions = 5;

    public static readonly string[] Good = ["good", "great", "fine", "lovely"], Bad = ["bad", "awful", "poor", "dull"];
    public static readonly string[] Other = ["the", "to", "run", "walk"];

    public static IWordTokenizer Tokenizer { get; } = new WhitespaceTokenizer();

    public static WordVectors Create(bool counts = true)
    {
        string[] words = [.. Good, .. Bad, .. Other];
        Matrix vectors = new(words.Length, Dimensions);
        for (int row = 0; row < words.Length; row++)
        {
            RandomStream random = new(7, step: (ulong)row);
            for (int k = 0; k < Dimensions; k++) vectors[row][k] = random.Uniform((ulong)k) - 0.5f;
            vectors[row][0] += row < 4 ? 1 : row < 8 ? -1 : 0;
        }

        return new WordVectors(words, vectors, counts ? [.. words.Select((_, index) => 100L / (index + 1))] : null);
    }

    /// <summary>Three words: two of a cluster, one of no cluster.</summary>
    public static string Text(bool good, int number)
    {
        RandomStream random = new(11, good ? 1UL : 0, (ulong)number);
        string[] words = good ? Good : Bad;
        return $"{words[random.Below(0, 4)]} {Other[random.Below(1, 4)]} {words[random.Below(2, 4)]}";
    }
}
