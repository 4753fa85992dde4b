namespace NlpPretrain.Training;

/// <summary>Checks of a model's config, with messages that name the value, its range and where to change it.</summary>
/// <param name="config">Name of the config's type.</param>
internal readonly struct ConfigRange(string config)
{
    internal void Require(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw Wrong(value, FormattableString.Invariant($"from {least} to {most}"), name);
    }

    internal void RequireProbability(float value, string name)
    {
        if (!(value is >= 0 and < 1)) throw Wrong(value, "from 0 to below 1", name);
    }

    internal void RequirePositive(double value, string name)
    {
        if (!(value > 0) || !double.IsFinite(value)) throw Wrong(value, "positive and finite", name);
    }

    /// <summary>Requires equal heads that the attention computes.</summary>
    internal void RequireHeads(int heads, int width)
    {
        const int MostHeadSize = 256;
        Require(heads, 1, width, "Heads");
        if (width % heads != 0) throw new ArgumentException($"A width of {width} does not divide into {heads} heads; make it a multiple ({config}.Width, {config}.Heads).");
        if (width / heads > MostHeadSize)
            throw new ArgumentException($"A width of {width} gives {heads} heads {width / heads} columns each; at most {MostHeadSize} are computed: take more heads ({config}.Heads).");
    }

    private ArgumentException Wrong(IFormattable value, string range, string name) =>
        new($"{name} is {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}; it must be {range} ({config}.{name}).");
}
