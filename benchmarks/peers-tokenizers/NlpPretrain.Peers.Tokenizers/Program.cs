using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NlpPretrain.Peers;
using NlpPretrain.Text;

const string Usage = """
    Our side of benchmarks/peers-tokenizers/run. The first trains our unigram tokenizer, counts the tokens of a text and prints one JSON line.

      unigram  --train FILE --test FILE [--size N] [--workers N] [--pieces FILE]
      make     --train FILE --target FOLDER [--size N] [--workers N]     a tokenizer of each kind, for Hugging Face's library to read
      encode   --tokenizer FILE --texts FILE --results FILE              encodes lines by a tokenizer.json

    A FILE of text has a passage a line; the pieces are written one a line, with their scores.
    """;

try
{
    CommandLine line = new(args);
    switch (line.Command)
    {
        case "make":
            Interchange.Make(line.Text("train"), line.Text("target"), line.Number("size", 4000), line.Number("workers", Environment.ProcessorCount));
            return 0;
        case "encode":
            Interchange.Encode(line.Text("tokenizer"), line.Text("texts"), line.Text("results"));
            return 0;
    }

    if (line.Command != "unigram")
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    long start = Stopwatch.GetTimestamp();
    UnigramTrainerOptions options = new() { VocabularySize = line.Number("size", 8000), Workers = line.Number("workers", Environment.ProcessorCount) };
    UnigramModel model = UnigramTrainer.Train(new TextFileCorpus([line.Text("train")]), options);
    double trainingSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    if (line.OptionalText("pieces") is string path)
        File.WriteAllLines(path, model.Pieces.Select(piece => string.Create(CultureInfo.InvariantCulture, $"{piece.Text}\t{piece.Score}")));

    string[] lines = File.ReadAllLines(line.Text("test"));
    (MetaspaceNormalizer normalizer, MetaspacePreTokenizer preTokenizer) = (new(), new());
    (NormalizedText text, List<(int Start, int Length)> words, PieceBuffer pieces) = (new(), [], new());
    long tokens = 0, unknown = 0, bytes = new FileInfo(line.Text("test")).Length;
    start = Stopwatch.GetTimestamp();
    foreach (string passage in lines)
    {
        text.Reset(passage);
        normalizer.Normalize(text);
        words.Clear();
        preTokenizer.Split(text.Text, words);
        pieces.Clear();
        foreach ((int from, int length) in words) model.Encode(text.Text.Slice(from, length), pieces);
        tokens += pieces.Count;
        unknown += pieces.Ids.Count(model.UnknownId);
    }

    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    Console.WriteLine(JsonSerializer.Serialize(new { pieces = model.Count, tokens, unknown, training_seconds = trainingSeconds, megabytes_per_second = bytes / seconds / 1e6 }));
    return 0;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(Usage);
    return 2;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TokenizerException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
