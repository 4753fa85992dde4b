using System.Text;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests;

/// <summary>A language model of words or characters as loops in double, from the equations; one sentence after another, with the states carried.</summary>
internal sealed class PlainLanguageModel(ElmoLanguageModel model, ElmoVocabulary vocabulary)
{
    private readonly ElmoConfig _config = model.Model.Config;
    private readonly Dictionary<string, Parameter> _parameters = model.Parameters.ToDictionary(parameter => parameter.Name);

    /// <summary>The sums of both directions' losses, and how many predictions each makes.</summary>
    internal (double Forward, double Backward, int Count) LossesOf(IReadOnlyList<string[]> sentences)
    {
        double forward = 0, backward = 0;
        int count = 0;
        State[] next = CreateStates(), before = CreateStates();
        foreach (string[] words in sentences)
        {
            string[] framed = [ElmoVocabulary.Begin, .. words, ElmoVocabulary.End], turned = [.. framed.Reverse()];
            for (int i = 0; i < framed.Length - 1; i++, count++)
            {
                forward += Loss("forward", framed[i], framed[i + 1], next);
                backward += Loss("backward", turned[i], turned[i + 1], before);
            }
        }

        return (forward, backward, count);
    }

    private State[] CreateStates() => [.. Enumerable.Range(0, _config.Layers).Select(_ => new State(new double[_config.Projection], new double[_config.Cells]))];

    private double Loss(string direction, string word, string target, State[] states)
    {
        double[] x = TokenOf(word);
        for (int layer = 0; layer < states.Length; layer++)
        {
            double[] y = Step($"elmo.{direction}.{layer}.", x, states[layer]);
            x = layer > 0 && _config.HasSkipConnections ? [.. y.Zip(x, (a, b) => a + b)] : y;
        }

        double[] logits = Linear("softmax", x);
        return Math.Log(logits.Sum(Math.Exp)) - logits[vocabulary.IdOf(target)];
    }

    private double[] Step(string name, double[] x, State state)
    {
        int cells = _config.Cells;
        double[] bias = Values(name + "bias"), input = Multiply(name + "input.weight", x), hidden = Multiply(name + "hidden.weight", state.Hidden), output = new double[cells];
        for (int n = 0; n < cells; n++)
        {
            double Gate(int gate) => bias[gate * cells + n] + input[gate * cells + n] + hidden[gate * cells + n];
            state.Cell[n] = Math.Clamp(Sigmoid(Gate(1)) * state.Cell[n] + Sigmoid(Gate(0)) * Math.Tanh(Gate(2)), -_config.CellLimit, _config.CellLimit);
            output[n] = Sigmoid(Gate(3)) * Math.Tanh(state.Cell[n]);
        }

        double[] projected = Multiply(name + "projection.weight", output);
        for (int i = 0; i < projected.Length; i++) state.Hidden[i] = Math.Clamp(projected[i], -_config.ProjectionLimit, _config.ProjectionLimit);
        return [.. state.Hidden];
    }

    private double[] TokenOf(string word)
    {
        if (_config.Characters is not { } characters)
        {
            int width = _config.Projection;
            return Values("elmo.tokens.words.weight")[(vocabulary.IdOf(word) * width)..][..width];
        }

        int[] marked = [258, .. word switch { ElmoVocabulary.Begin => [256], ElmoVocabulary.End => [257], _ => Encoding.UTF8.GetBytes(word).Select(one => (int)one).Take(characters.MostCharacters - 2) }, 259];
        int[] numbers = [.. marked, .. Enumerable.Repeat(260, characters.MostCharacters - marked.Length)];
        double[] table = Values("elmo.tokens.characters.weight");
        List<double> x = [];
        for (int i = 0; i < characters.Filters.Count; i++)
        {
            (int width, int count) = characters.Filters[i];
            double[] filters = Values($"elmo.tokens.convolution.{i}.weight"), bias = Values($"elmo.tokens.convolution.{i}.bias");
            int window = width * characters.EmbeddingSize;
            for (int filter = 0; filter < count; filter++)
            {
                double most = double.NegativeInfinity;
                for (int place = 0; place + width <= numbers.Length; place++)
                {
                    double sum = bias[filter];
                    for (int k = 0; k < window; k++) sum += filters[k * count + filter] * table[numbers[place + k / characters.EmbeddingSize] * characters.EmbeddingSize + k % characters.EmbeddingSize];
                    most = Math.Max(most, sum);
                }

                x.Add(Math.Max(most, 0));
            }
        }

        double[] y = [.. x];
        for (int i = 0; i < characters.Highways; i++)
        {
            double[] gate = Linear($"elmo.tokens.highways.{i}.carry", y), transform = Linear($"elmo.tokens.highways.{i}.transform", y);
            y = [.. y.Select((value, k) => Sigmoid(gate[k]) * Math.Max(transform[k], 0) + (1 - Sigmoid(gate[k])) * value)];
        }

        return Linear("elmo.tokens.projection", y);
    }

    private double[] Linear(string name, double[] x) => [.. Multiply($"{name}.weight", x).Zip(Values($"{name}.bias"), (a, b) => a + b)];

    private double[] Multiply(string name, double[] x)
    {
        double[] weight = Values(name), y = new double[weight.Length / x.Length];
        for (int i = 0; i < weight.Length; i++) y[i / x.Length] += weight[i] * x[i % x.Length];
        return y;
    }

    private double[] Values(string name)
    {
        if (!_values.TryGetValue(name, out double[]? values)) _values[name] = values = [.. _parameters[name].Data.ToArray().Select(value => (double)value)];
        return values;
    }

    private readonly Dictionary<string, double[]> _values = [];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private sealed record State(double[] Hidden, double[] Cell);
}
