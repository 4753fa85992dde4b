using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using NlpPretrain.Text;
using Our = NlpPretrain.Text;
using Their = Microsoft.ML.Tokenizers;

namespace NlpPretrain.Benchmarks.Tokenizers;

/// <summary>A tokenizer, the lines that it encodes, and the other library's where it has one.</summary>
/// <param name="Name">What the output calls it.</param>
/// <param name="Lines">The corpus.</param>
/// <param name="Ours">Makes ours, which has encoded nothing yet.</param>
/// <param name="Theirs">Makes theirs, from a text to its ids.</param>
/// <param name="IsDoubled">Whether the hard texts are for it too.</param>
internal sealed record TokenizerCase(string Name, string[] Lines, Func<Our.Tokenizer> Ours, Func<Func<string, IReadOnlyList<int>>>? Theirs, bool IsDoubled)
{
    private const int UnigramPieces = 8_000;

    /// <summary>What has no counterpart in the other library: see <c>BertOracleTests</c> and <c>BytePairOracleTests</c>.</summary>
    public Func<Rune, bool> IsOutsideOfTheirs { get; private init; } = _ => false;

    public static IEnumerable<TokenizerCase> All(bool quick)
    {
        int most = quick ? 2_000_000 : int.MaxValue;
        string wikiText = BenchmarkData.File("wikitext2", "train.shuffled-articles.txt");
        string[] english = ReadLines(wikiText, most), chinese = ReadLines(BenchmarkData.File("zh-reviews", "online_shopping_10_cats.csv"), most);
        yield return Bert("bert-uncased", english, "bert-base-uncased", lowerCase: true, isDoubled: true);
        yield return Bert("bert-cased", english, "bert-base-cased", lowerCase: false, isDoubled: false);
        yield return Bert("bert-chinese", chinese, "bert-base-chinese", lowerCase: true, isDoubled: true);
        yield return Gpt2(english);
        yield return new TokenizerCase("gpt1-bpe", english, () => new Our.Tokenizer(Our.BytePairModel.Read(BenchmarkData.File("vocab", "gpt1", "encoder_bpe_40000.json"),
            BenchmarkData.File("vocab", "gpt1", "vocab_40000.bpe"), Our.BytePairOptions.Gpt1), new Gpt1Normalizer(), new Gpt1PreTokenizer()), Theirs: null, IsDoubled: true);

        Lazy<UnigramPiece[]> pieces = new(() => [.. Our.UnigramTrainer.Train(new TextFileCorpus([BenchmarkData.File("wikitext2", quick ? "valid.txt" : "train.shuffled-articles.txt")]),
            new UnigramTrainerOptions { VocabularySize = UnigramPieces }).Pieces]);
        yield return new TokenizerCase("unigram", english, () => UnigramTokenizer.Create(new Our.UnigramModel(pieces.Value, unknownId: 0)), Theirs: null, IsDoubled: true);
    }

    private static TokenizerCase Bert(string name, string[] lines, string vocabulary, bool lowerCase, bool isDoubled)
    {
        string path = BenchmarkData.File("vocab", vocabulary, "vocab.txt");
        return new TokenizerCase(name, lines, () => Our.BertTokenizer.Load(path, lowerCase), () =>
        {
            Their.BertTokenizer theirs = Their.BertTokenizer.Create(path, new BertOptions { LowerCaseBeforeTokenization = lowerCase, RemoveNonSpacingMarks = lowerCase });
            return line => theirs.EncodeToIds(line, addSpecialTokens: false);
        }, isDoubled)
        {
            IsOutsideOfTheirs = IsOutsideOfTheirBert,
        };
    }

    private static TokenizerCase Gpt2(string[] lines)
    {
        string vocabulary = BenchmarkData.File("vocab", "gpt2", "encoder.json"), merges = BenchmarkData.File("vocab", "gpt2", "vocab.bpe");
        return new TokenizerCase("byte-level-bpe", lines, () => new Our.Tokenizer(Our.BytePairModel.Read(vocabulary, merges), null, new ByteLevelPreTokenizer(), new ByteLevelDecoder()), () =>
        {
            using FileStream vocabularyStream = File.OpenRead(vocabulary), mergesStream = File.OpenRead(merges);
            CodeGenTokenizer theirs = CodeGenTokenizer.Create(vocabularyStream, mergesStream);
            return line => theirs.EncodeToIds(line, addPrefixSpace: false, addBeginningOfSentence: false, addEndOfSentence: false);
        }, IsDoubled: true);
    }

    private static bool IsOutsideOfTheirBert(Rune rune) => !rune.IsBmp || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.EnclosingMark or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol or UnicodeCategory.ConnectorPunctuation;

    private static string[] ReadLines(string path, int mostBytes)
    {
        List<string> lines = [];
        int bytes = 0;
        foreach (string line in File.ReadLines(path))
        {
            lines.Add(line);
            if ((bytes += Encoding.UTF8.GetByteCount(line)) > mostBytes) break;
        }

        return [.. lines];
    }
}
