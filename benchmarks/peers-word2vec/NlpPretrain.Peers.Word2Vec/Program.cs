using NlpPretrain.Peers;

const string Usage = """
    One run of the comparison with other programs (benchmarks/peers-word2vec/run); prints one JSON line.

      train       --input FILE [--architecture skip-gram|cbow] [--objective ns|hs] [--dimensions N] [--epochs N] [--workers N]
                  [--mode fast|reproducible] [--noise window|pair] [--seed N] [--output vectors.txt]
      vocabulary  --input FILE [--workers N]
      export      --corpus sdk-docs --output FILE

    FILE has one sentence a line, its words between white space.
    """;

try
{
    CommandLine line = new(args);
    switch (line.Command)
    {
        case "train":
            await TrainCommand.RunAsync(line).ConfigureAwait(false);
            return 0;
        case "vocabulary":
            VocabularyCommand.Run(line);
            return 0;
        case "export":
            ExportCommand.Run(line);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(Usage);
    return 2;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NlpPretrain.Text.CorpusException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
