using System.Diagnostics;
using System.Text;
using NlpPretrain.Text;
using Spectre.Console;

const string Usage = """
    Trains a byte-level BPE, a WordPiece and a Unigram vocabulary on the .NET SDK's documentation and its Chinese messages, and shows one
    sentence, English and Chinese, under each.

    Usage: dotnet run -c Release --project samples/Tokenizers -- [--quick] [--help]

      --quick   Smaller vocabularies from a part of the text, to see that everything works
      --help    Show this text

    Writes artifacts/tokenizers/<name>/tokenizer.json. Exit codes: 0 done; 1 a file could not be read or written; 2 wrong options.
    """;

bool isQuick = false;
foreach (string argument in args)
{
    switch (argument)
    {
        case "--quick":
            isQuick = true;
            break;
        case "--help" or "-h":
            Console.WriteLine(Usage);
            return 0;
        default:
            Console.Error.WriteLine($"'{argument}' is no option; see --help.");
            return 2;
    }
}

Console.OutputEncoding = Encoding.UTF8;
try
{
    // 1. A corpus in two languages that every SDK brings along.
    SdkDocumentationCorpus english = new();
    SdkResourcesCorpus chinese = new("zh-Hans");
    ICorpus corpus = isQuick ? new InMemoryCorpus(english.Read().Take(5_000).Concat(chinese.Read().Take(5_000)).Select(passage => passage.Text)) : new ConcatenatedCorpus(english, chinese);
    int size = isQuick ? 4_000 : 16_000;

    // 2. Three ways to cut text into pieces, each trained on it.
    (string Name, Func<Tokenizer> Train)[] kinds =
    [
        ("byte-level BPE", () => new Tokenizer(BytePairTrainer.Train(corpus, new() { VocabularySize = size }), null, new ByteLevelPreTokenizer(), new ByteLevelDecoder())),
        ("WordPiece", () => BertTokenizer.Create(WordPieceTrainer.Train(corpus, new() { VocabularySize = size }))),
        ("Unigram", () => UnigramTokenizer.Create(UnigramTrainer.Train(corpus, new() { VocabularySize = size }))),
    ];
    string[] sentences = ["The tokenizer returns an enumerator that iterates through the collection.", "找不到指定的文件，请检查路径是否正确。"];
    foreach ((string name, Func<Tokenizer> train) in kinds)
    {
        long start = Stopwatch.GetTimestamp();
        Tokenizer tokenizer = AnsiConsole.Status().Start($"Training {name}", _ => train());
        AnsiConsole.MarkupLineInterpolated($"[bold]{name}[/]: {tokenizer.Model.Count:N0} pieces in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");

        // 3. The same sentences under each: every piece knows which part of the text it came from.
        foreach (string sentence in sentences)
        {
            TokenizedText tokens = tokenizer.Encode(sentence);
            string[] parts = new string[tokens.Count];
            for (int i = 0; i < parts.Length; i++)
            {
                (int from, int to) = tokens.Offsets[i];
                parts[i] = tokens.SpecialMask[i] ? tokenizer.PieceOf(tokens.Ids[i]) : sentence[from..to];
            }

            AnsiConsole.MarkupLineInterpolated($"  {tokens.Count,3} tokens  {string.Join('|', parts)}");
            AnsiConsole.MarkupLineInterpolated($"  [grey]back        {tokenizer.Decode(tokens.Ids)}[/]");
        }

        // 4. A file that this library and others read.
        string file = Path.Combine("artifacts", "tokenizers", name.Replace(' ', '-'), "tokenizer.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        TokenizerJson.Write(tokenizer, file);
        AnsiConsole.MarkupLineInterpolated($"  [grey]written to {file}[/]");
    }

    return 0;
}
catch (Exception exception) when (exception is CorpusException or TokenizerException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"Error: {exception.Message}");
    return 1;
}
