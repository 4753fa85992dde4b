using System.Globalization;

namespace NlpPretrain.Experiments;

/// <summary>The suite, and options of the form <c>--name value</c>.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = [];

    public CommandLine(string[] args)
    {
        Suite = args.FirstOrDefault() ?? "";
        for (int i = 1; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                throw new ArgumentException($"'{args[i]}' is not an option with a value: --name value.");
            _values[args[i][2..]] = args[i + 1];
        }
    }

    public string Suite { get; }

    public int Workers => (int)(Number("workers") ?? Environment.ProcessorCount);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public double? Number(string name) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    public int Count(string name, int byDefault) => (int)(Number(name) ?? byDefault);

    public string Data(params ReadOnlySpan<string> parts)
    {
        string root = Text("data") ?? Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") ?? Path.Combine("..", "shared", "data");
        return Path.Combine([root, .. parts]);
    }
}
