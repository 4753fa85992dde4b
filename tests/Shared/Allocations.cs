namespace NlpPretrain.Testing;

/// <summary>Checks that what is steady allocates nothing on the managed heap.</summary>
/// <remarks>
/// The runtime itself allocates now and then, and so may code that the JIT has not optimized yet: one round of calls without is proof, and each further round waits
/// longer for the JIT, which works in the background. What counts other threads needs the process alone.
/// </remarks>
internal static class Allocations
{
    /// <summary>How many rounds are tried at the most.</summary>
    public const int MostRounds = 30;

    private const int MoreMilliseconds = 10;

    /// <summary>Neither the caller's thread nor any other allocates in a round of calls; a call gets its number in the round.</summary>
    public static void CheckNone(Action<int> call, int callsOfRound = 10)
    {
        (long here, long anywhere) = (long.MaxValue, long.MaxValue);
        for (int round = 0; round < MostRounds && (here > 0 || anywhere > 0); round++)
        {
            Thread.Sleep(round * MoreMilliseconds);
            long before = GC.GetTotalAllocatedBytes(precise: true), beforeHere = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < callsOfRound; i++) call(i);
            here = Math.Min(here, GC.GetAllocatedBytesForCurrentThread() - beforeHere);
            anywhere = Math.Min(anywhere, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        here.Should().Be(0, "the caller's thread allocates nothing");
        anywhere.Should().Be(0, "no thread allocates anything");
    }

    /// <summary>No thread allocates in a round of calls, which return whether they did something and may go on on another thread.</summary>
    public static async Task CheckNoneAsync(Func<ValueTask<bool>> call, int callsOfRound = 10)
    {
        long anywhere = long.MaxValue;
        bool hasMore = true;
        for (int round = 0; round < MostRounds && anywhere > 0; round++)
        {
            await Task.Delay(round * MoreMilliseconds);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < callsOfRound; i++) hasMore &= await call();
            anywhere = Math.Min(anywhere, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        anywhere.Should().Be(0, "no thread allocates anything");
        hasMore.Should().BeTrue("every call that was measured did something");
    }

    /// <summary>The caller's thread allocates nothing in a call, whatever the others do.</summary>
    public static void CheckNoneHere(Action call)
    {
        long here = long.MaxValue;
        for (int round = 0; round < MostRounds && here > 0; round++)
        {
            Thread.Sleep(round * MoreMilliseconds);
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            here = Math.Min(here, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        here.Should().Be(0, "the caller's thread allocates nothing");
    }
}
