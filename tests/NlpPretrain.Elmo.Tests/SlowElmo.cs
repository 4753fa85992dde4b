using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests;

/// <summary>An ELMo in double precision, one sentence and one value at a time, as the papers write it.</summary>
/// <param name="config">The architecture.</param>
/// <param name="layer">The weights, with or without "elmo." before their names.</param>
/// <param name="carriesStates">Whether a sentence goes on where the one before it ended.</param>
internal sealed class SlowElmo(ElmoConfig config, Layer layer, bool carriesStates = false)
{
    private readonly Dictionary<string, (double[] Hidden, double[] Cell)> _states = [];
    private readonly Dictionary<string, Parameter> _weights = layer.Parameters.ToDictionary(parameter => parameter.Name.Replace("elmo.", "", StringComparison.Ordinal));

    /// <summary>Places where a cell or an output was clipped, so that a test may know that some were.</summary>
    internal int Clipped { get; private set; }

    /// <summary>The vectors of all layers, [layers + 1][T][2P].</summary>
    internal double[][][] AllLayers(int[] sequence)
    {
        double[][] tokens = Tokens(sequence);
        double[][][] forward = Stack("forward", tokens), backward = Stack("backward", [.. tokens.Reverse()]);
        return [[.. tokens.Select(x => (double[])[.. x, .. x])], .. forward.Zip(backward, (left, right) => left.Zip(right.Reverse(), (a, b) => (double[])[.. a, .. b]).ToArray())];
    }

    /// <summary>The mean of −log P(target) of a direction, for tokens in its order.</summary>
    internal double Loss(string direction, int[] sequence, int[] targets)
    {
        double[][] top = Stack(direction, Tokens(sequence))[^1];
        return top.Zip(targets, (h, target) =>
        {
            double[] logits = Linear(h, "softmax.weight", "softmax.bias");
            return Math.Log(logits.Sum(Math.Exp)) - logits[target];
        }).Average();
    }

    internal double[][] Tokens(int[] sequence) => config.Characters is { } characters ? [.. sequence.Chunk(characters.MostCharacters).Select(Word)]
        : [.. sequence.Select(id => Row("tokens.words.weight", id))];

    private double[] Word(int[] word)
    {
        double[][] characters = [.. word.Select(character => Row("tokens.characters.weight", character))];
        double[] x = [.. config.Characters!.Filters.SelectMany((filter, i) => Enumerable.Range(0, filter.Count).Select(f => Convolve(characters, i, filter.Width, f)))];
        for (int i = 0; i < config.Characters.Highways; i++)
        {
            double[] gate = [.. Linear(x, $"tokens.highways.{i}.carry.weight", $"tokens.highways.{i}.carry.bias").Select(Sigmoid)];
            double[] transformed = [.. Linear(x, $"tokens.highways.{i}.transform.weight", $"tokens.highways.{i}.transform.bias").Select(value => Math.Max(value, 0))];
            x = [.. x.Select((value, k) => gate[k] * transformed[k] + (1 - gate[k]) * value)];
        }

        return _weights.ContainsKey("tokens.projection.weight") ? Linear(x, "tokens.projection.weight", "tokens.projection.bias") : x;
    }

    private double Convolve(double[][] characters, int convolution, int width, int filter)
    {
        Parameter weight = _weights[$"tokens.convolution.{convolution}.weight"];                                // [width, D, F]
        (int depth, int filters) = (weight.Shape[1], weight.Shape[2]);
        double most = double.NegativeInfinity;
        for (int place = 0; place + width <= characters.Length; place++)
        {
            double sum = _weights[$"tokens.convolution.{convolution}.bias"].Data[filter];
            for (int w = 0; w < width; w++)
            {
                for (int d = 0; d < depth; d++) sum += characters[place + w][d] * weight.Data[(w * depth + d) * filters + filter];
            }

            most = Math.Max(most, sum);
        }

        return config.Characters!.Activation == Activation.Tanh ? Math.Tanh(most) : Math.Max(most, 0);
    }

    private double[][][] Stack(string direction, double[][] x)
    {
        double[][][] layers = new double[config.Layers][][];
        for (int i = 0; i < layers.Length; i++)
        {
            double[][] output = Lstm($"{direction}.{i}", x);
            x = config.HasSkipConnections && i > 0 ? [.. x.Zip(output, (a, b) => a.Zip(b, (left, right) => left + right).ToArray())] : output;
            layers[i] = x;
        }

        return layers;
    }

    private double[][] Lstm(string name, double[][] x)
    {
        int cells = config.Cells;
        (double[] hidden, double[] cell) = _states.GetValueOrDefault(name, (new double[config.Projection], new double[cells]));
        double[][] outputs = new double[x.Length][];
        for (int t = 0; t < x.Length; t++)
        {
            double[] gates = [.. Linear(x[t], $"{name}.input.weight", $"{name}.bias").Zip(Linear(hidden, $"{name}.hidden.weight", null), (a, b) => a + b)];
            double[] mixed = new double[cells];
            for (int n = 0; n < cells; n++)
            {
                (double i, double f, double g, double o) = (Sigmoid(gates[n]), Sigmoid(gates[cells + n]), Math.Tanh(gates[2 * cells + n]), Sigmoid(gates[3 * cells + n]));
                cell[n] = Clip(f * cell[n] + i * g, config.CellLimit);
                mixed[n] = o * Math.Tanh(cell[n]);
            }

            hidden = config.Projection == cells ? mixed : [.. Linear(mixed, $"{name}.projection.weight", null).Select(value => Clip(value, config.ProjectionLimit))];
            outputs[t] = hidden;
        }

        if (carriesStates) _states[name] = (hidden, cell);
        return outputs;
    }

    private double Clip(double value, double limit)
    {
        if (Math.Abs(value) > limit) Clipped++;
        return Math.Clamp(value, -limit, limit);
    }

    private double[] Linear(double[] x, string weight, string? bias) =>
        [.. Enumerable.Range(0, _weights[weight].Shape[0]).Select(row => Row(weight, row).Zip(x, (w, value) => w * value).Sum() + (bias is null ? 0 : _weights[bias].Data[row]))];

    private double[] Row(string name, int row)
    {
        Parameter table = _weights[name];
        return [.. table.Data.Slice(row * table.Shape.Columns, table.Shape.Columns).ToArray().Select(value => (double)value)];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
