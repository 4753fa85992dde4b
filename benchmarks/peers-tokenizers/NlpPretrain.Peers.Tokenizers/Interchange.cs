using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NlpPretrain.Text;

namespace NlpPretrain.Peers;

/// <summary>Our side of the comparison with Hugging Face's library.</summary>
internal static class Interchange
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Trains a tokenizer of each kind and saves each into a folder of its own.</summary>
    public static void Make(string texts, string target, int size, int workers)
    {
        ICorpus corpus = new TextFileCorpus([texts]);
        BertNormalizer bert = new();
        BertPreTokenizer words = new();
        BytePairModel endOfWord = BytePairTrainer.Train(corpus, new() { VocabularySize = size, Form = BytePairOptions.Gpt1, SpecialTokens = ["<unk>"], Workers = workers, AlphabetLimit = 500 }, bert, words);
        (string Name, Tokenizer Tokenizer)[] made =
        [
            ("byte-level", Gpt2Tokenizer.Create(
                BytePairTrainer.Train(corpus, new() { VocabularySize = size, SpecialTokens = [Gpt2Tokenizer.EndOfText], Workers = workers }),
                [Gpt2Tokenizer.EndOfText, "<s>"], new TokenFrame { Start = ["<s>"], Between = ["<s>"] })),
            ("end-of-word", new Tokenizer(endOfWord, bert, words, new EndOfWordDecoder(), Gpt1Tokenizer.TaskFrame, ["<unk>"])),
            ("word-piece", BertTokenizer.Create(WordPieceTrainer.Train(corpus, new() { VocabularySize = size, Workers = workers }))),
            ("unigram", UnigramTokenizer.Create(
                UnigramTrainer.Train(corpus, new() { VocabularySize = size, Workers = workers }), frame: new TokenFrame { Start = ["<s>"], Between = ["</s>"], End = ["</s>"] })),
        ];
        foreach ((string name, Tokenizer tokenizer) in made) TokenizerFolder.Save(tokenizer, Path.Combine(target, name), maxLength: 512);
    }

    /// <summary>Encodes each line of a file, and each tenth with the next as a pair, as huggingface/peer.mjs does.</summary>
    public static void Encode(string tokenizerPath, string textsPath, string resultsPath)
    {
        Tokenizer tokenizer = TokenizerJson.Read(tokenizerPath);
        string[] texts = File.ReadAllText(textsPath).Split('\n');
        using StreamWriter results = new(resultsPath, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        for (int i = 0; i < texts.Length; i++)
        {
            results.WriteLine(Record(tokenizer, tokenizer.Encode(texts[i])));
            if (i % 10 == 0 && i + 1 < texts.Length) results.WriteLine(Record(tokenizer, tokenizer.Encode(texts[i], texts[i + 1])));
        }
    }

    private static string Record(Tokenizer tokenizer, TokenizedText text)
    {
        int[][] offsets = [.. text.Offsets.ToArray().Select(offset => new[] { offset.Start, offset.End })];
        int[] special = [.. text.SpecialMask.ToArray().Select(isSpecial => isSpecial ? 1 : 0)];
        return JsonSerializer.Serialize(
            new { ids = text.Ids.ToArray(), offsets, segments = text.SegmentIds.ToArray(), special, decoded = tokenizer.Decode(text.Ids) }, Json);
    }
}
