using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>What the command line says, and the token that Ctrl-C cancels.</summary>
internal sealed record Settings(string Output, int Workers, bool Quick, CancellationToken Stop)
{
    internal const int Failed = 1, Misused = 2, Cancelled = 130;

    private const int MostWorkers = 1_024;

    private const string Description = """
        Trains Word2Vec, ELMo, GPT and BERT on the documentation of the installed .NET SDK, and shows what each has learned.

        Exit codes: 0 done; 1 a file or folder could not be read or written; 2 wrong options; 130 stopped by Ctrl-C, after saving what was learned.
        """;

    /// <summary>The folder of a model.</summary>
    public string FolderOf(string model) => Path.Combine(Output, model);

    /// <summary>Reads the command line; where there is nothing to run, says why and gives the exit code.</summary>
    public static bool TryRead(string[] args, CancellationToken stop, [NotNullWhen(true)] out Settings? settings, out int exitCode)
    {
        Option<string> output = new("--output")
        {
            Description = "Where to save the models",
            HelpName = "folder",
            DefaultValueFactory = _ => Path.Combine("artifacts", "quickstart"),
        };
        Option<int> workers = new("--workers")
        {
            Description = "Threads, the number of processors unless said otherwise; with 1 Word2Vec's vectors are the same in every run, and all else always is",
            HelpName = "number",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MostWorkers) return number;

                result.AddError($"--workers is '{text}'; it must be a whole number from 1 to {MostWorkers}.");
                return 0;
            },
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        Option<bool> quick = new("--quick") { Description = "Train each for a moment only, to see that everything works" };
        ParseResult parsed = new RootCommand(Description) { output, workers, quick }.Parse(args);
        settings = null;
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
            Console.Error.WriteLine("See --help.");
            exitCode = Misused;
            return false;
        }

        exitCode = 0;
        if (parsed.Action is not null) // help or version
        {
            exitCode = parsed.Invoke();
            return false;
        }

        settings = new(Path.GetFullPath(parsed.GetRequiredValue(output)), parsed.GetValue(workers), parsed.GetValue(quick), stop);
        return true;
    }
}
