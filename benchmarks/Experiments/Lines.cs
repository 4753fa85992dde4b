using System.Globalization;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments;

/// <summary>All lines as one document, those without text too: language models are measured on them.</summary>
internal sealed class Lines(Func<IEnumerable<string>> read) : ICorpus
{
    public static Lines Of(string path) => new(() => File.ReadLines(path));

    public IEnumerable<Passage> Read(long firstDocument = 0) => firstDocument > 0 ? [] : read().Select(line => new Passage(0, line));
}

internal static class Figure
{
    public static void Print(string name, double value, string format, string unit, double? goal = null) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"FIGURE {name} {value.ToString(format, CultureInfo.InvariantCulture)} {unit}{(goal is { } wanted ? $" goal {wanted}" : "")}"));
}
