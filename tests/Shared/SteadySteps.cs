namespace NlpPretrain.Testing;

/// <summary>Measures what steps allocate on the managed heap once the first ones have made what they keep.</summary>
internal static class SteadySteps
{
    private const int WarmUp = 30, Steps = 10, MostRounds = 20;

    /// <summary>Fails unless ten steps allocate nothing on any thread. The process must run no other test.</summary>
    /// <param name="step">One step, of the number given.</param>
    internal static void RequireNoAllocation(Action<int> step)
    {
        for (int i = 0; i < WarmUp; i++) step(i);

        // The runtime itself allocates now and then, so one round of steps without is proof.
        long leastHere = long.MaxValue, least = long.MaxValue;
        for (int round = 0; round < MostRounds && (leastHere > 0 || least > 0); round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true), beforeHere = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Steps; i++) step(i);
            leastHere = Math.Min(leastHere, GC.GetAllocatedBytesForCurrentThread() - beforeHere);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        leastHere.Should().Be(0, "the caller's thread allocates nothing");
        least.Should().Be(0, "no thread allocates anything");
    }
}
