using NlpPretrain.Initialization;

namespace NlpPretrain.Kernels;

/// <summary>Draws words by the log-uniform distribution, in which word k of a vocabulary sorted by frequency has P(k) = log((k + 2) / (k + 1)) / log(V + 1).</summary>
/// <remarks>
/// A draw is ⌊e^(u·log(V + 1))⌋ − 1 with u uniform in [0, 1). Draws go on until there are as many different words as are wanted. After n draws, word k is
/// expected to be among them 1 − (1 − P(k))ⁿ times.
/// </remarks>
internal sealed class LogUniformSampler
{
    private readonly HashSet<int> _words = [];
    private double _logOfRange;

    /// <summary>Number of draws that the last sample took.</summary>
    internal int Draws { get; private set; }

    /// <summary>Fills a sample with different words, sorted.</summary>
    internal void Sample(RandomStream random, int vocabulary, Span<int> sample)
    {
        _words.Clear();
        _logOfRange = PortableMath.Log(vocabulary + 1.0);
        Draws = 0;
        for (int count = 0; count < sample.Length; Draws++)
        {
            double uniform = (random[(ulong)Draws] >> 11) * (1.0 / (1L << 53));
            int word = Math.Clamp((int)PortableMath.Exp(uniform * _logOfRange) - 1, 0, vocabulary - 1);
            if (_words.Add(word)) sample[count++] = word;
        }

        sample.Sort();
    }

    /// <summary>log(1 − (1 − P(k))ⁿ) for the last sample.</summary>
    internal float LogExpectedCount(int word)
    {
        double probability = PortableMath.Log((word + 2.0) / (word + 1.0)) / _logOfRange;
        return (float)PortableMath.Log(MinusExpMinusOne(Draws * LogOfOneMinus(probability)));
    }

    // log(1 − p) and 1 − eˣ lose their digits near 0, where the first terms of their series do better.
    private static double LogOfOneMinus(double p) => p < 1e-4 ? -p * (1 + p * (1.0 / 2 + p * (1.0 / 3 + p / 4))) : PortableMath.Log(1 - p);

    private static double MinusExpMinusOne(double x) => x > -1e-4 ? -x * (1 + x * (1.0 / 2 + x * (1.0 / 6 + x / 24))) : 1 - PortableMath.Exp(x);
}
