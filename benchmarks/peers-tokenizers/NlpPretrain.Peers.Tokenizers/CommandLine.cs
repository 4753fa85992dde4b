using System.Globalization;

namespace NlpPretrain.Peers;

/// <summary>A command and its options, each a name and a value.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    public CommandLine(string[] arguments)
    {
        Command = arguments.Length > 0 ? arguments[0] : "";
        for (int i = 1; i < arguments.Length; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Length)
                throw new ArgumentException($"'{arguments[i]}' is not --name followed by a value.");
            _options[arguments[i][2..]] = arguments[i + 1];
        }
    }

    public string Command { get; }

    public string Text(string name, string? defaultValue = null) =>
        _options.GetValueOrDefault(name, defaultValue ?? "") is { Length: > 0 } text ? text : throw new ArgumentException($"--{name} is missing.");

    public string? OptionalText(string name) => _options.GetValueOrDefault(name);

    public int Number(string name, int defaultValue)
    {
        if (!_options.TryGetValue(name, out string? text)) return defaultValue;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new ArgumentException($"--{name} is '{text}'; it must be a whole number of 0 or more.");
    }

    public T Choice<T>(string name, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        string text = _options.GetValueOrDefault(name, choices[0].Text);
        foreach ((string allowed, T value) in choices)
        {
            if (text == allowed) return value;
        }

        throw new ArgumentException($"--{name} is '{text}'; it must be one of {string.Join(", ", choices.ToArray().Select(choice => choice.Text))}.");
    }
}
