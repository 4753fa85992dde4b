namespace NlpPretrain.Training;

/// <summary>The usual schedules. Each rises in a straight line from 0 to 1 while the run warms up, then follows its own curve.</summary>
/// <remarks>
/// With p the part of the run that is done and w the part that warms up: p/w below w. A schedule throws
/// <see cref="ArgumentOutOfRangeException"/> where p is not from 0 to 1. The values have the same bits on every processor.
/// </remarks>
public static class LearningRateSchedules
{
    private const int CosineTerms = 12;

    /// <summary>1 after the warm-up.</summary>
    /// <param name="warmUp">w, from 0 to 1. Default 0: none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public static LearningRateSchedule Constant(double warmUp = 0) => AfterWarmUp(warmUp, static _ => 1);

    /// <summary>A straight line from 1 down to <paramref name="final"/>.</summary>
    /// <remarks>1 − (1 − final)·(p − w)/(1 − w).</remarks>
    /// <param name="warmUp">w, from 0 to 1. Default 0: none.</param>
    /// <param name="final">The factor at the end of the run, from 0 to 1. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not from 0 to 1.</exception>
    public static LearningRateSchedule Linear(double warmUp = 0, double final = 0)
    {
        RequireFraction(final, nameof(final));
        return AfterWarmUp(warmUp, p => 1 - (1 - final) * Decayed(p, warmUp));
    }

    /// <summary>Half a wave of the cosine, from 1 down to <paramref name="final"/>.</summary>
    /// <remarks>
    /// <para>final + (1 − final)·(1 + cos(π·(p − w)/(1 − w)))/2.</para>
    /// <para>Source: Loshchilov and Hutter 2017, "SGDR", arXiv:1608.03983. Differs: one half wave, without restarts.</para>
    /// </remarks>
    /// <param name="warmUp">w, from 0 to 1. Default 0: none.</param>
    /// <param name="final">The factor at the end of the run, from 0 to 1. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not from 0 to 1.</exception>
    public static LearningRateSchedule Cosine(double warmUp = 0, double final = 0)
    {
        RequireFraction(final, nameof(final));
        return AfterWarmUp(warmUp, p => final + (1 - final) * ((1 + CosineOfPi(Decayed(p, warmUp))) / 2));
    }

    /// <summary>The inverse square root of the part that is done.</summary>
    /// <remarks>
    /// <para>√(w/p) from w on.</para>
    /// <para>Source: Vaswani et al. 2017, section 5.3, divided by its own highest value.</para>
    /// </remarks>
    /// <param name="warmUp">w, above 0 and at most 1: the curve has no highest value without a warm-up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public static LearningRateSchedule InverseSquareRoot(double warmUp)
    {
        ArgumentOutOfRangeException.ThrowIfZero(warmUp);
        return AfterWarmUp(warmUp, p => Math.Sqrt(warmUp / p));
    }

    private static LearningRateSchedule AfterWarmUp(double warmUp, Func<double, double> curve)
    {
        RequireFraction(warmUp, nameof(warmUp));
        return progress =>
        {
            RequireFraction(progress, nameof(progress));
            return progress < warmUp ? progress / warmUp : curve(progress);
        };
    }

    // A run that is all warm-up ends at its highest rate.
    private static double Decayed(double progress, double warmUp) => warmUp < 1 ? (progress - warmUp) / (1 - warmUp) : 0;

    /// <summary>cos(π·x) for x in [0, 1], by its Taylor series; the bits of libm's cosine change with the platform.</summary>
    private static double CosineOfPi(double x)
    {
        if (x > 0.5) return -CosineOfPi(1 - x);

        double square = x * Math.PI * (x * Math.PI);
        double sum = 1;
        for (int k = CosineTerms; k >= 1; k--)
        {
            sum = 1 - square / ((2 * k - 1) * (2 * k)) * sum;
        }

        return sum;
    }

    private static void RequireFraction(double value, string name)
    {
        if (!(value >= 0 && value <= 1)) throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 1.");
    }
}
