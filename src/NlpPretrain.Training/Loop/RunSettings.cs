using System.Collections;
using System.Globalization;

namespace NlpPretrain.Training;

/// <summary>Everything that a resumed run must share with the one that wrote its checkpoint, by name, as text.</summary>
internal sealed class RunSettings : IEnumerable<KeyValuePair<string, string>>
{
    private readonly Dictionary<string, string> _values = [];

    internal IReadOnlyDictionary<string, string> Values => _values;

    internal void Add(string name, object value) => _values.Add(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);

    /// <summary>A schedule is code; that five of its values are the same shows most changes.</summary>
    internal static string Describe(LearningRateSchedule schedule) =>
        string.Join(' ', Enumerable.Range(0, 5).Select(quarter => schedule(quarter / 4.0).ToString(CultureInfo.InvariantCulture)));

    /// <summary>What differs, in words; null where nothing does.</summary>
    internal string? DifferenceFrom(IReadOnlyDictionary<string, string> other)
    {
        string[] differences =
        [
            .. _values.Where(pair => other.GetValueOrDefault(pair.Key) != pair.Value)
                .Select(pair => $"{pair.Key} was {(other.TryGetValue(pair.Key, out string? value) ? $"'{value}'" : "not there")} and is '{pair.Value}'"),
            .. other.Keys.Where(name => !_values.ContainsKey(name)).Select(name => $"{name} was '{other[name]}' and is not there"),
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
