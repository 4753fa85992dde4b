using System.Text;
using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests;

/// <summary>Documents of made-up words, and the tokenizers that read them.</summary>
internal static class ToyText
{
    private static readonly string[] Stems = [.. from first in "abcdefghij" from second in "klmnopqrst" select $"{first}{second}"];

    /// <summary>Words of two letters, and pieces of one that may follow them.</summary>
    internal static readonly Tokenizer English = BertTokenizer.Create(new WordPieceModel([.. BertTokenizer.SpecialTokens, .. Stems, "##x", "##y", "##z", "."]));

    /// <summary>Chinese characters.</summary>
    internal static readonly Tokenizer Chinese = BertTokenizer.Create(new WordPieceModel([.. BertTokenizer.SpecialTokens, .. "苹果手机好吃天气的我你在很大小人".Select(character => character.ToString()), "。"]));

    internal static readonly ChineseSegmenter Segmenter =
        ChineseSegmenter.Load(new MemoryStream(Encoding.UTF8.GetBytes("苹果 90 n\n手机 90 n\n好吃 90 a\n天气 90 n\n苹果手机 40 n\n大小人 20 n\n")), "a dictionary");

    /// <summary>Documents of sentences of words with 1 to <paramref name="mostPieces"/> pieces.</summary>
    /// <param name="documents">How many.</param>
    /// <param name="sentences">Sentences of each, at random from 1 to this.</param>
    /// <param name="words">Words of each sentence, at random from 1 to this.</param>
    /// <param name="mostPieces">Pieces of a word.</param>
    internal static InMemoryCorpus Documents(int documents, int sentences, int words, int mostPieces = 3)
    {
        Random random = new(7);
        return new(Enumerable.Range(0, documents).Select(_ => Many(sentences, "\n", () => Many(words, " ", Word))));

        string Word() => Stems[random.Next(Stems.Length)] + Many(mostPieces, "", () => "xyz"[random.Next(3)].ToString())[1..];

        string Many(int most, string between, Func<string> make) => string.Join(between, Enumerable.Range(0, 1 + random.Next(most)).Select(_ => make()));
    }

    /// <summary>Documents of two to <paramref name="sentences"/> Chinese sentences.</summary>
    internal static InMemoryCorpus ChineseDocuments(int documents, int sentences)
    {
        string[] words = ["苹果", "手机", "好吃", "天气", "苹果手机", "大小人", "的", "我", "你", "在", "很"];
        Random random = new(7);
        return new(Enumerable.Range(0, documents).Select(_ => string.Join('\n', Enumerable.Range(0, 2 + random.Next(sentences - 1))
            .Select(_ => string.Concat(Enumerable.Range(0, 1 + random.Next(12)).Select(_ => words[random.Next(words.Length)])) + "。"))));
    }
}
