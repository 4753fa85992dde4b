using NlpPretrain.Text;

namespace NlpPretrain.Gpt.Tests.Generation;

internal static class GenerationTesting
{
    /// <summary>The 256 bytes, some merges, and an end of text.</summary>
    internal static Tokenizer Bytes { get; } = Gpt2Tokenizer.Create(
        new BytePairModel([.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.CharacterOf((byte)value).ToString()), "ab", "abc", Gpt2Tokenizer.EndOfText],
            [new("a", "b"), new("ab", "c")], BytePairOptions.Gpt2), [Gpt2Tokenizer.EndOfText]);

    internal static GptModel Model(GptArchitecture architecture = GptArchitecture.Gpt2, int context = 64, int width = 32, int? vocabulary = null) => new(new()
    {
        Architecture = architecture, Layers = 2, Heads = 2, Width = width, ContextLength = context, VocabularySize = vocabulary ?? Bytes.Count, InitialDeviation = 0.3,
    }, seed: 3);

    internal static int Id(string piece) => Bytes.TryGetId(piece, out int id) ? id : throw new ArgumentException(piece);
}
