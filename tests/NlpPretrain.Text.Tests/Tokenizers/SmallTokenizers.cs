namespace NlpPretrain.Text.Tests;

/// <summary>The four kinds of tokenizer, each trained on a small text of several scripts.</summary>
internal static class SmallTokenizers
{
    private static readonly Lazy<Tokenizer> LazyBytes = new(() => Train("bytes")), LazyCharacters = new(() => Train("characters")),
        LazyWordPiece = new(() => Train("wordpiece")), LazyUnigram = new(() => Train("unigram"));

    internal static readonly string[] Names = ["bytes", "characters", "wordpiece", "unigram"];

    internal static Tokenizer Bytes => LazyBytes.Value;

    internal static Tokenizer Characters => LazyCharacters.Value;

    internal static Tokenizer WordPiece => LazyWordPiece.Value;

    internal static Tokenizer Unigram => LazyUnigram.Value;

    /// <summary>Sentences that are the same in every process: a small generator of its own draws the words.</summary>
    internal static string[] Sentences { get; } = CreateSentences(600);

    internal static Tokenizer Of(string name) => name switch
    {
        "bytes" => Bytes,
        "characters" => Characters,
        "wordpiece" => WordPiece,
        _ => Unigram,
    };

    internal static Tokenizer Train(string name, int? workers = null)
    {
        ListCorpus corpus = new(Sentences);
        switch (name)
        {
            case "bytes":
                return new Tokenizer(BytePairTrainer.Train(corpus, new() { VocabularySize = 500, Workers = workers }), null, new ByteLevelPreTokenizer(), new ByteLevelDecoder());
            case "characters":
                BytePairTrainerOptions options = new() { VocabularySize = 400, Form = BytePairOptions.Gpt1, Workers = workers };
                return new Tokenizer(BytePairTrainer.Train(corpus, options), new Gpt1Normalizer(), new Gpt1PreTokenizer(), new EndOfWordDecoder());
            case "wordpiece":
                return BertTokenizer.Create(WordPieceTrainer.Train(corpus, new() { VocabularySize = 400, Workers = workers }));
            default:
                return UnigramTokenizer.Create(UnigramTrainer.Train(corpus, new() { VocabularySize = 300, CharacterCoverage = 1, Workers = workers }));
        }
    }

    private static string[] CreateSentences(int count)
    {
        string[] words =
        [
            "I", "the", "Iıİi", "quick", "quicker", "quickest", "naïve", "Straße", "don't", "we'll", "ISTANBUL", "istanbul", "title", "TITLE", "1,5", "3.14", "2026",
            "unaffable", "affable", "able", "unable", "中文", "文字", "漢字かな", "データ", "한국어", "Привет", "привет", "ΣΊΣΥΦΟΣ", "𠮷野", "👩\u200D💻", "👋🏽", "e\u0301te\u0301", "(end)", "—", "…", "!!",
        ];
        ulong state = 1;
        string[] sentences = new string[count];
        for (int i = 0; i < count; i++)
        {
            List<string> drawn = [];
            for (int length = 3 + (int)(Next() % 9); length > 0; length--) drawn.Add(words[Math.Min(Next() % (ulong)words.Length, Next() % (ulong)words.Length)]);
            sentences[i] = string.Join(' ', drawn) + (i % 7 == 0 ? "\tend." : ".");
        }

        return sentences;

        ulong Next()
        {
            state = state * 6364136223846793005 + 1442695040888963407;
            return state >> 33;
        }
    }
}
