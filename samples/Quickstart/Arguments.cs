using System.Diagnostics.CodeAnalysis;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>What the command line says.</summary>
internal sealed record Arguments
{
    internal const int Failed = 1, Misused = 2, Cancelled = 130;

    private const string Usage = """
        Trains word vectors on the documentation of the installed .NET SDK, and shows what they know.

        Usage: dotnet run -c Release --project samples/Quickstart -- [options]

          --output FOLDER   Where to save the vectors and the model (artifacts/quickstart)
          --workers N       Threads (the number of processors); with 1 every run gives the same vectors
          --quick           Train on a small part of the documentation, to see that everything works
          --help            Show this text

        Exit codes: 0 done; 1 a file or folder could not be read or written; 2 wrong options;
        130 stopped by Ctrl-C, after saving what was learned.
        """;

    public string Output { get; private init; } = Path.GetFullPath(Path.Combine("artifacts", "quickstart"));

    public int Workers { get; private init; } = Environment.ProcessorCount;

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
                case "--output" when words.TryDequeue(out string? folder) && folder.Length > 0:
                    parsed = parsed with { Output = Path.GetFullPath(folder) };
                    break;
                case "--workers" when words.TryDequeue(out string? number) && int.TryParse(number, out int workers) && workers is >= 1 and <= 1_024:
                    parsed = parsed with { Workers = workers };
                    break;
                default:
                    Console.Error.WriteLine(word is "--output" or "--workers"
                        ? $"{word} needs {(word == "--output" ? "a folder" : "a number from 1 to 1024")} after it; see --help."
                        : $"'{word}' is no option; see --help.");
                    return false;
            }
        }

        arguments = parsed;
        return true;
    }
}
