using NlpPretrain.Initialization;
using NlpPretrain.Kernels;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Draws noise words with probability proportional to count^exponent, in constant time, from two numbers a word.</summary>
/// <remarks>
/// Source: Mikolov et al. 2013b, section 2.2 (the exponent 3/4); Walker 1977 and Vose 1991 for the alias table.
/// Differs: the original program looks words up in a table of 10⁸ entries (400 MB), which misses every cache; this one is exact and takes 8 bytes a word.
/// </remarks>
internal sealed class NoiseDistribution
{
    private readonly (uint Threshold, int Alias)[] _table;

    internal NoiseDistribution(WordVocabulary vocabulary, double exponent)
    {
        int count = vocabulary.Count;
        double[] weights = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++) total += weights[i] = PortableMath.Pow(vocabulary.CountOf(i), exponent);

        _table = new (uint, int)[count];
        Stack<int> small = new(), large = new();
        for (int i = 0; i < count; i++)
        {
            weights[i] *= count / total;
            (weights[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            int poor = small.Pop(), rich = large.Pop();
            _table[poor] = ((uint)Math.Min(weights[poor] * 4294967296.0, uint.MaxValue), rich);
            weights[rich] -= 1 - weights[poor];
            (weights[rich] < 1 ? small : large).Push(rich);
        }

        foreach (int rest in small.Concat(large)) _table[rest] = (uint.MaxValue, rest);
    }

    /// <summary>The noise word that 64 random bits stand for.</summary>
    internal int Draw(ulong bits)
    {
        int word = RandomStream.Reduce(bits, _table.Length);
        (uint threshold, int alias) = _table[word];
        return (uint)bits <= threshold ? word : alias;
    }
}
