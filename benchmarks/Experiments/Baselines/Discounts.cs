namespace NlpPretrain.Experiments.Baselines;

/// <summary>What is taken from a count of one, of two, and of three or more.</summary>
internal readonly record struct Discounts(double One, double Two, double More)
{
    /// <summary>Estimates the discounts of one length.</summary>
    /// <remarks>
    /// <para>Y = n₁/(n₁ + 2n₂); D₁ = 1 − 2Y·n₂/n₁, D₂ = 2 − 3Y·n₃/n₂, D₃₊ = 3 − 4Y·n₄/n₃, with nᵢ the number of n-grams that are counted i times.</para>
    /// <para>Source: Chen and Goodman 1999. Differs: 0.5, 1 and 1.5 where too few n-grams have such counts, or a discount is not from 0 to its count.</para>
    /// </remarks>
    public static Discounts Estimate(ReadOnlySpan<int> counts)
    {
        Span<double> n = stackalloc double[5];
        n.Clear();
        foreach (int count in counts)
        {
            if (count is >= 1 and <= 4) n[count]++;
        }

        double y = n[1] / (n[1] + 2 * n[2]);
        Discounts discounts = new(1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]);
        return discounts is { One: >= 0 and <= 1, Two: >= 0 and <= 2, More: >= 0 and <= 3 } ? discounts : new(0.5, 1, 1.5);
    }

    public double Of(int count) => count switch { 0 => 0, 1 => One, 2 => Two, _ => More };
}
