using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace NlpPretrain.Experiments;

/// <summary>Makes options whose values are checked. Numbers are written the same under every culture.</summary>
internal static class OptionOf
{
    private delegate bool TryParse<T>(string text, out T value);

    /// <summary>A whole number, from 1 unless said otherwise.</summary>
    public static Option<int> Count(string name, int byDefault, string description, int minimum = 1) =>
        WithDefault(byDefault, InRange(name, description, minimum, int.MaxValue));

    /// <summary>A whole number from 1 that may be absent; the description says what then holds.</summary>
    public static Option<int?> CountOrNone(string name, string description) => InRangeOrNone(name, description, 1, int.MaxValue);

    /// <summary>A number, not negative unless said otherwise.</summary>
    public static Option<double> Number(string name, double byDefault, string description, double minimum = 0, double maximum = double.MaxValue) =>
        WithDefault(byDefault, InRange(name, description, minimum, maximum));

    /// <summary>A number that may be absent; the description says what then holds.</summary>
    public static Option<double?> NumberOrNone(string name, string description, double minimum = 0, double maximum = double.MaxValue) =>
        InRangeOrNone(name, description, minimum, maximum);

    /// <summary>One of some words, of which the first is the default.</summary>
    public static Option<string> Word(string name, string description, params string[] words)
    {
        Option<string> option = WithDefault(words[0], new Option<string>(name) { Description = description });
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    /// <summary>Some of some words, with commas between them; all by default.</summary>
    public static Option<string[]> Words(string name, string description, params string[] words)
    {
        Option<string[]> option = Create(name, description, (string text, out string[] value) =>
        {
            value = text.Split(',');
            return value.All(words.Contains);
        }, $"one of {string.Join(", ", words)}, or several with commas between them");
        option.HelpName = "word,word";
        option.DefaultValueFactory = _ => words;
        return option;
    }

    /// <summary>A folder to write to, which must be given where it is required.</summary>
    public static Option<string> Folder(string name, string description, bool isRequired = false) =>
        new(name) { Description = description, HelpName = "folder", Required = isRequired };

    /// <summary>A folder that must be there, and must be given where it is required.</summary>
    public static Option<DirectoryInfo> ExistingFolder(string name, string description, bool isRequired = false)
    {
        Option<DirectoryInfo> option = new(name) { Description = description, HelpName = "folder", Required = isRequired };
        return option.AcceptExistingOnly();
    }

    private static Option<T> WithDefault<T>(T byDefault, Option<T> option)
    {
        option.DefaultValueFactory = _ => byDefault;
        return option;
    }

    private static Option<T> InRange<T>(string name, string description, T minimum, T maximum) where T : struct, INumber<T>, IMinMaxValue<T> =>
        Create(name, description, (string text, out T value) => IsIn(text, minimum, maximum, out value), Range(minimum, maximum));

    private static Option<T?> InRangeOrNone<T>(string name, string description, T minimum, T maximum) where T : struct, INumber<T>, IMinMaxValue<T> =>
        Create(name, description, (string text, out T? value) =>
        {
            bool isRight = IsIn(text, minimum, maximum, out T number);
            value = number;
            return isRight;
        }, Range(minimum, maximum));

    private static bool IsIn<T>(string text, T minimum, T maximum, out T value) where T : struct, INumber<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= minimum && value <= maximum;

    private static string Range<T>(T minimum, T maximum) where T : struct, INumber<T>, IMinMaxValue<T> => string.Create(
        CultureInfo.InvariantCulture, $"{(typeof(T) == typeof(int) ? "a whole number" : "a number")} from {minimum}{(maximum == T.MaxValue ? "" : $" to {maximum}")}");

    private static Option<T> Create<T>(string name, string description, TryParse<T> tryParse, string allowed) => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (tryParse(text, out T value)) return value;

            result.AddError($"{name} is '{text}'; it must be {allowed}.");
            return default;
        },
    };
}
