using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_worker_runs_once_a_round_whether_it_spun_or_parked(int count)
    {
        using Workers workers = new(count);
        int[] runs = new int[count];
        for (int round = 1; round <= 300; round++)
        {
            workers.Run(worker => runs[worker]++);
            runs.Should().AllBeEquivalentTo(round);
            if (round % 100 == 0) Thread.Sleep(20);
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_after_all_are_done_and_the_team_goes_on()
    {
        using Workers workers = new(3);
        int done = 0;

        Action run = () => workers.Run(worker =>
        {
            if (worker == 1) throw new InvalidOperationException("broken");
            Interlocked.Increment(ref done);
        });

        run.Should().Throw<InvalidOperationException>().WithMessage("broken");
        done.Should().Be(2);
        workers.Run(_ => Interlocked.Increment(ref done));
        done.Should().Be(5);
    }

    [Fact]
    public void A_round_allocates_nothing()
    {
        using Workers workers = new(2);
        Action<int> body = _ => { };
        workers.Run(body);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) workers.Run(body);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
