using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using NlpPretrain.Kernels;

namespace NlpPretrain.Benchmarks;

/// <summary>What it costs to start and to join a split of work in two, beside <see cref="Parallel.For(int, int, Action{int})"/>.</summary>
/// <remarks>
/// The caller of <c>Workers.For</c> may take both pieces before the other thread comes: the last column says how often the second piece went to another
/// thread. With pieces of some microseconds a late thread shows as the time of a whole piece, and <c>Workers.Run</c> waits for every thread.
/// </remarks>
internal sealed class PoolSuite : IDisposable
{
    private const int Threads = 2, BlockRounds = 1_000;
    private const double Goal = 5, WorkMicroseconds = 2, RatioGoal = 2;

    private static readonly int Caller = Environment.CurrentManagedThreadId;
    private static int _pieces, _piecesOfOthers;

    private readonly Workers _workers = new(Threads);
    private readonly int _blocks, _steps;
    private readonly double _workSeconds;
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = Threads };
    private readonly Action<int> _run, _parallel, _parallelEmpty;
    private Pieces _work, _empty;

    private PoolSuite(bool quick)
    {
        _blocks = quick ? 4 : 20;
        (_steps, _workSeconds) = Calibrate();
        _work = new Pieces(_steps);
        _empty = new Pieces(0);
        int steps = _steps;
        _run = static _ => Piece(0);
        _parallelEmpty = static _ => Piece(0);
        _parallel = _ => Piece(steps);
        Print($"  {Threads} threads; pieces of {_workSeconds * 1e6:F2} us; microseconds of a split, less one piece's work");
        Print($"  {"",-34}{"median",10}{"95 %",10}{"shared",10}");
    }

    public static void Run(bool quick)
    {
        using PoolSuite suite = new(quick);
        double[] gaps = [0, 10e-6, 100e-6];
        foreach (double gap in gaps)
        {
            string after = gap == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-after-{gap * 1e6:F0}us");
            suite.Compare("split" + after, gap, 0, () => suite._workers.For(2, ref suite._empty), () => Parallel.For(0, 2, suite._options, suite._parallelEmpty));
            suite.Compare("split-with-work" + after, gap, suite._workSeconds, () => suite._workers.For(2, ref suite._work), () => Parallel.For(0, 2, suite._options, suite._parallel));
            suite.Compare("join-all" + after, gap, 0, () => suite._workers.Run(suite._run), null);
        }
    }

    public void Dispose() => _workers.Dispose();

    private void Compare(string name, double gap, double work, Action ours, Action? theirs)
    {
        Side mine = new(_blocks * BlockRounds), other = new(_blocks * BlockRounds);
        for (int block = -1; block < _blocks; block++)
        {
            mine.Measure(ours, gap, block);
            if (theirs is not null) other.Measure(theirs, gap, block);
        }

        mine.Print(name, work);
        if (theirs is not null)
        {
            other.Print("  Parallel.For", work);
            Print($"RATIO pool/{name} {other.Median / mine.Median:F2} goal {RatioGoal:F1}");
        }

        Print($"FIGURE pool/{name} {1e6 * (mine.Median - work):F3} us goal {Goal:F0}");
    }

    // Every call on its own, in a tight loop, after the caller alone has been busy for the gap.
    private static void Block(Action action, double gap, Span<double> times)
    {
        long gapTicks = (long)(gap * Stopwatch.Frequency);
        foreach (ref double time in times)
        {
            for (long idle = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - idle < gapTicks;) Thread.SpinWait(1);

            long start = Stopwatch.GetTimestamp();
            action();
            time = (double)(Stopwatch.GetTimestamp() - start) / Stopwatch.Frequency;
        }
    }

    private static (int Steps, double Seconds) Calibrate()
    {
        int steps = 100;
        while (true)
        {
            double[] times = new double[1_000];
            Block(() => Spin(steps), 0, times);
            double median = Turns.Median(times);
            if (median >= WorkMicroseconds * 1e-6) return (steps, median);

            steps += 100;
        }
    }

    private static void Piece(int steps)
    {
        // Two threads at most, so that of each counter one thread is the writer.
        if (Environment.CurrentManagedThreadId == Caller) _pieces++;
        else _piecesOfOthers++;
        Spin(steps);
    }

    // A chain of multiply-adds: its time depends on nothing else.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Spin(int steps)
    {
        float x = 1;
        for (int i = 0; i < steps; i++) x = MathF.FusedMultiplyAdd(x, 0.999f, 1e-3f);
        return x;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private readonly struct Pieces(int steps) : IPieces
    {
        public void Run(int piece) => Piece(steps);
    }

    private sealed class Side(int rounds)
    {
        private readonly double[] _times = new double[rounds];
        private int _all, _ofOthers;

        public double Median => Turns.Median(_times);

        /// <summary>A block of rounds; those of block −1 do not count.</summary>
        public void Measure(Action action, double gap, int block)
        {
            (_pieces, _piecesOfOthers) = (0, 0);
            Block(action, gap, _times.AsSpan(Math.Max(block, 0) * BlockRounds, BlockRounds));
            if (block < 0) return;

            _all += _pieces + _piecesOfOthers;
            _ofOthers += _piecesOfOthers;
        }

        public void Print(string name, double work) =>
            PoolSuite.Print($"  {name,-34}{1e6 * (Median - work),10:F3}{1e6 * (Turns.Quantile(_times, 0.95) - work),10:F3}{200.0 * _ofOthers / _all,8:F0} %");
    }
}
