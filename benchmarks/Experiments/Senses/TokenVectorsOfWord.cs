using System.Numerics.Tensors;
using NlpPretrain.Bert;
using NlpPretrain.Gpt;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using Tensor = NlpPretrain.Tensors.Tensor;

namespace NlpPretrain.Experiments.Senses;

/// <summary>The vectors of a word at its first place in each text, from models whose tokens may be parts of it: the mean of theirs.</summary>
internal static class TokenVectorsOfWord
{
    public static float[][] Bert(BertEmbedder embedder, string[] texts, string word) => [.. texts.Select(text =>
    {
        TokenVectors tokens = embedder.EmbedTokens(Around(text, word));
        return Mean([.. PlacesOf(tokens.Tokens, Around(text, word), word).Select(place => tokens.Vectors[place])]);
    })];

    /// <summary>From the last block: it has read the word and what stands before it.</summary>
    public static float[][] Gpt(GptModel model, Tokenizer tokenizer, string[] texts, string word)
    {
        using TensorArena arena = new();
        return [.. texts.Select(text =>
        {
            string part = Around(text, word);
            TokenizedText tokens = tokenizer.Encode(part, new EncodeOptions { MatchSpecialTokens = false, MaxLength = model.Config.ContextLength });
            using Pass pass = Pass.Inference(arena);
            Tensor hidden = model.Hidden(pass, tokens.Ids, new(1, tokens.Count));                 // [1, T, C]
            int width = model.Config.Width;
            return Mean([.. PlacesOf(tokens, part, word).Select(place => hidden.Data.Slice(place * width, width).ToArray())]);
        })];
    }

    public static float[] Mean(float[][] vectors)
    {
        float[] sum = new float[vectors[0].Length];
        foreach (float[] vector in vectors) TensorPrimitives.Add(sum, vector, sum);
        TensorPrimitives.Multiply(sum, 1f / vectors.Length, sum);
        return sum;
    }

    /// <summary>The word with some characters on both sides, so that no model's context is too short for it.</summary>
    private static string Around(string text, string word)
    {
        const int Characters = 60;
        int at = text.IndexOf(word, StringComparison.Ordinal);
        return text[Math.Max(0, at - Characters)..Math.Min(text.Length, at + word.Length + Characters)];
    }

    private static int[] PlacesOf(TokenizedText tokens, string text, string word)
    {
        int start = text.IndexOf(word, StringComparison.Ordinal), end = start + word.Length;
        List<int> places = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            (int from, int to) = tokens.Offsets[i];
            if (!tokens.SpecialMask[i] && from < end && to > start) places.Add(i);
        }

        return [.. places];
    }
}
