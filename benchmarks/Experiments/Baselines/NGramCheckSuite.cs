using System.CommandLine;
using System.Globalization;

namespace NlpPretrain.Experiments.Baselines;

/// <summary>The estimator against values worked out by hand, and against what probabilities must add up to.</summary>
internal sealed class NGramCheckSuite() : Suite("ngram-check", "The n-gram estimator's own checks")
{
    private const double Tolerance = 1e-12, SumTolerance = 1e-9;
    private const int A = 0, B = 1, C = 2;

    /// <summary>Prints what is not right.</summary>
    protected override Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        bool[] results = [.. ByHand(), .. Sums()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Count(right => right)} of {results.Length} checks of the n-gram estimator are right"));
        return Task.FromResult(results.All(right => right) ? 0 : 1);
    }

    // The stream is a b a b b; c is never seen. So few counts leave the discounts 0.5, 1 and 1.5.
    private static IEnumerable<bool> ByHand()
    {
        Discounts discounts = Discounts.Estimate([1, 1, 1, 1, 2, 2, 3, 4]);
        yield return IsNear("D1", discounts.One, 0.5, Tolerance);
        yield return IsNear("D2", discounts.Two, 1.25, Tolerance);
        yield return IsNear("D3+", discounts.More, 1, Tolerance);

        NGramCounts counts = new([A, B, A, B, B], vocabularySize: 3, longest: 3);
        KneserNeyModel unigram = new(counts, 1), bigram = new(counts, 2), trigram = new(counts, 3);
        yield return IsNear("p(b), one word", unigram.Probability([], B), (3 - 1.5) / 5 + 2.5 / 5 / 3, Tolerance);
        yield return IsNear("p(a)", bigram.Probability([], A), 1.0 / 3, Tolerance);
        yield return IsNear("p(b)", bigram.Probability([], B), 1.0 / 2, Tolerance);
        yield return IsNear("p(c)", bigram.Probability([], C), 1.0 / 6, Tolerance);
        yield return IsNear("p(b | a)", bigram.Probability([A], B), 3.0 / 4, Tolerance);
        yield return IsNear("p(a | b)", bigram.Probability([B], A), 5.0 / 12, Tolerance);
        yield return IsNear("p(a | c)", bigram.Probability([C], A), 1.0 / 3, Tolerance);
        yield return IsNear("p(a | a b)", trigram.Probability([A, B], A), 11.0 / 24, Tolerance);
        yield return IsNear("p(c | b a)", trigram.Probability([B, A], C), 1.0 / 24, Tolerance);
        yield return IsNear("nats of a b a", bigram.Nats([A, B, A]), -Math.Log(1.0 / 3 * 3 / 4 * 5 / 12), Tolerance);
    }

    private static IEnumerable<bool> Sums()
    {
        const int Vocabulary = 500, Length = 40_000, Longest = 5, Contexts = 40;
        Random random = new(1);
        int[] words = new int[Length];
        for (int i = 1; i < Length; i++)
            words[i] = random.Next(2) == 0 ? (words[i - 1] * 7 + 3) % Vocabulary : (int)(Vocabulary * Math.Pow(random.NextDouble(), 4));
        NGramCounts counts = new(words, Vocabulary, Longest);
        for (int length = 1; length <= Longest; length++)
        {
            KneserNeyModel model = new(counts, length);
            for (int context = 0; context < Contexts; context++)
            {
                int[] history = words.AsSpan(random.Next(Length - Longest), Longest - 1).ToArray();
                if (context % 4 == 0) history[random.Next(history.Length)] = random.Next(Vocabulary);
                double sum = Enumerable.Range(0, Vocabulary).Sum(word => model.Probability(history, word));
                yield return IsNear($"the sum of a {length}-gram's probabilities after {string.Join(' ', history)}", sum, 1, SumTolerance);
            }
        }
    }

    private static bool IsNear(string name, double value, double expected, double tolerance)
    {
        bool isNear = Math.Abs(value - expected) <= tolerance;
        if (!isNear) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it should be {expected}."));
        return isNear;
    }
}
