using System.Runtime.InteropServices;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>The published files, and encoding without a <see cref="Tokenizer"/>.</summary>
internal static class BytePairTesting
{
    private static BytePairModel? _gpt1, _gpt2;

    internal static string Gpt2Vocabulary => TestData.File("vocab", "gpt2", "encoder.json");

    internal static string Gpt2Merges => TestData.File("vocab", "gpt2", "vocab.bpe");

    internal static BytePairModel ReadGpt2() => _gpt2 ??= BytePairModel.Read(Gpt2Vocabulary, Gpt2Merges);

    internal static BytePairModel ReadGpt1() => _gpt1 ??= BytePairModel.Read(
        TestData.File("vocab", "gpt1", "encoder_bpe_40000.json"), TestData.File("vocab", "gpt1", "vocab_40000.bpe"), BytePairOptions.Gpt1);

    internal static int[] Encode(TokenModel model, string word)
    {
        PieceBuffer pieces = new();
        model.Encode(word, pieces);
        return pieces.Ids.ToArray();
    }

    internal static int[] Encode(TokenModel model, PreTokenizer preTokenizer, ReadOnlySpan<char> text)
    {
        PieceBuffer pieces = new();
        List<(int Start, int Length)> words = [];
        preTokenizer.Split(text, words);
        foreach ((int start, int length) in CollectionsMarshal.AsSpan(words)) model.Encode(text.Slice(start, length), pieces);
        return pieces.Ids.ToArray();
    }

    internal static int[] Encode(TokenModel model, TextNormalizer normalizer, PreTokenizer preTokenizer, string text) =>
        Encode(model, preTokenizer, Normalize(normalizer, text));

    internal static string Normalize(TextNormalizer normalizer, string text)
    {
        NormalizedText normalized = new();
        normalized.Reset(text);
        normalizer.Normalize(normalized);
        return normalized.Text.ToString();
    }

    internal static string[] Split(PreTokenizer preTokenizer, string text)
    {
        List<(int Start, int Length)> words = [];
        preTokenizer.Split(text, words);
        return [.. words.Select(word => text.Substring(word.Start, word.Length))];
    }
}
