using NlpPretrain.Kernels;
using NlpPretrain.Testing;

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
        Allocations.CheckNoneHere(() =>
        {
            for (int i = 0; i < 100; i++) workers.Run(body);
        });
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 1)]
    [InlineData(2, 1000)]
    [InlineData(5, 2)]
    [InlineData(5, 64)]
    public unsafe void Every_piece_runs_once(int count, int pieces)
    {
        using Workers workers = new(count);
        int[] runs = GC.AllocateArray<int>(pieces, pinned: true);
        Counting work = new() { Runs = (int*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(runs, 0) };
        for (int round = 1; round <= 300; round++)
        {
            workers.For(pieces, ref work);
            runs.Should().AllBeEquivalentTo(round);
            if (round % 100 == 0) Thread.Sleep(20);
        }
    }

    [Fact]
    public void Rounds_with_fewer_members_than_workers_do_not_disturb_the_others()
    {
        using Workers workers = new(6);
        Adding work = default;
        for (int round = 0; round < 2_000; round++)
        {
            work.Sum = 0;
            int pieces = 1 + round % 9;
            workers.For(pieces, ref work);
            if (work.Sum != pieces * (pieces + 1) / 2) work.Sum.Should().Be(pieces * (pieces + 1) / 2, $"round {round} has {pieces} pieces");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_exception_of_a_piece_reaches_the_caller_and_the_team_goes_on(int count)
    {
        using Workers workers = new(count);
        Failing failing = default;
        Action run = () => workers.For(8, ref failing);
        run.Should().Throw<InvalidOperationException>().WithMessage("broken");

        Adding adding = default;
        workers.For(3, ref adding);
        adding.Sum.Should().Be(6);
    }

    [Fact]
    public void A_call_from_inside_a_piece_is_refused_but_one_piece_runs_inline()
    {
        using Workers workers = new(2);
        Action run = () => workers.Run(_ =>
        {
            Adding inner = default;
            workers.For(1, ref inner);
            inner.Sum.Should().Be(1);
            workers.For(2, ref inner);
        });

        run.Should().Throw<InvalidOperationException>().WithMessage("*one thread at a time*");
    }

    [Fact]
    public void Pieces_allocate_nothing()
    {
        using Workers workers = new(2);
        Adding work = default;
        Allocations.CheckNoneHere(() =>
        {
            for (int i = 0; i < 100; i++) workers.For(4, ref work);
        });
    }

    private unsafe struct Counting : IPieces
    {
        public int* Runs;

        public readonly void Run(int piece) => Interlocked.Increment(ref Runs[piece]);
    }

    private struct Adding : IPieces
    {
        public int Sum;

        public void Run(int piece) => Interlocked.Add(ref Sum, piece + 1);
    }

    private struct Failing : IPieces
    {
        public readonly void Run(int piece)
        {
            if (piece == 5) throw new InvalidOperationException("broken");
        }
    }
}
