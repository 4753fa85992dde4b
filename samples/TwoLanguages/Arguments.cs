using System.Diagnostics.CodeAnalysis;

namespace NlpPretrain.Samples.TwoLanguages;

/// <summary>What the command line says.</summary>
internal sealed record Arguments
{
    internal const int Failed = 1, Misused = 2, Cancelled = 130;

    private const string Usage = """
        Trains English and Chinese word vectors apart, and learns a rotation from one to the other that translates words.

        Usage: dotnet run -c Release --project samples/TwoLanguages -- [options]

          --dictionary FILE  Chinese words, in jieba's format; without it they are learned from the corpus
          --quick            Train for a few seconds only, to see that everything works
          --help             Show this text

        Exit codes: 0 done; 1 a file could not be read; 2 wrong options; 130 stopped by Ctrl-C.
        """;

    public string? Dictionary { get; private init; }

    public bool Quick { get; private init; }

    /// <summary>Reads the command line; where there is nothing to run, says why and gives the exit code.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out Arguments? arguments, out int exitCode)
    {
        (arguments, exitCode) = (null, Misused);
        Arguments parsed = new();
        Queue<string> words = new(args);
        while (words.TryDequeue(out string? word))
        {
            switch (word)
            {
                case "--help" or "-h":
                    Console.WriteLine(Usage);
                    exitCode = 0;
                    return false;
                case "--quick":
                    parsed = parsed with { Quick = true };
                    break;
                case "--dictionary" when words.TryDequeue(out string? file) && file.Length > 0:
                    parsed = parsed with { Dictionary = file };
                    break;
                default:
                    Console.Error.WriteLine(word == "--dictionary" ? "--dictionary needs a file after it; see --help." : $"'{word}' is no option; see --help.");
                    return false;
            }
        }

        arguments = parsed;
        return true;
    }
}
