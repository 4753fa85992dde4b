using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace NlpPretrain.Kernels;

/// <summary>A team of threads that run one body together, again and again, with little delay: each spins briefly before it parks.</summary>
/// <remarks>The caller is worker 0. One caller at a time; how work is cut must not depend on <see cref="Count"/> where bits matter.</remarks>
public sealed unsafe class Workers : IDisposable
{
    private const int SpinLength = 1;
    private const int MembersMask = 0xFFFF, NextRound = MembersMask + 1;

    // A team larger than the machine would spin on the processors that its own members need.
    private readonly int _spinsBeforeParking, _spinsBeforeYielding;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _parked;
    private Action<int>? _body;
    private delegate*<Workers, void> _takePieces;
    private void* _work;
    private int _pieces;
    private volatile bool _stopping;
    private bool _busy;
    private Exception? _failure;
    private Counters _counters;

    /// <summary>Starts the team.</summary>
    /// <param name="count">Number of workers, with the caller, 1 to 65,536.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MembersMask + 1);
        (_spinsBeforeParking, _spinsBeforeYielding) = count <= Environment.ProcessorCount ? (20_000, 5_000) : (20, 20);
        _threads = new Thread[count - 1];
        _wake = new SemaphoreSlim[count - 1];
        _parked = new int[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"NlpPretrain worker {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of workers, with the caller.</summary>
    public int Count => _threads.Length + 1;

    /// <summary>Runs the body once on every worker, and returns when all are done.</summary>
    /// <param name="body">Receives the worker's number, 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="InvalidOperationException">The team runs another body: it was called from inside one, or from two threads.</exception>
    /// <exception cref="Exception">The first exception that a worker met; the others have finished by then.</exception>
    public void Run(Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Enter();
        _body = body;
        RunRound(_threads.Length);
    }

    /// <summary>Runs every piece once, each on the next worker that is free, and returns when all are done. Allocates nothing.</summary>
    /// <remarks>With one piece or one worker it runs inline, and then it may be called from inside another piece.</remarks>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="work">Receives each piece's number; on several threads at once.</param>
    /// <exception cref="InvalidOperationException">The team runs another body: it was called from inside one, or from two threads.</exception>
    /// <exception cref="Exception">The first exception that a worker met; the others have finished by then.</exception>
    internal void For<TPieces>(int pieces, ref TPieces work)
        where TPieces : struct, IPieces
    {
        if (pieces <= 1 || Count == 1)
        {
            for (int piece = 0; piece < pieces; piece++) work.Run(piece);
            return;
        }

        Enter();
        TPieces onStack = work;                                          // its address stays good even where the caller's copy is on the heap
        _work = Unsafe.AsPointer(ref onStack);
        _pieces = pieces;
        _takePieces = &TakePieces<TPieces>;
        _counters.Taken = 0;
        try
        {
            RunRound(Math.Min(pieces - 1, _threads.Length));
        }
        finally
        {
            work = onStack;
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_stopping) return;

        _stopping = true;
        foreach (SemaphoreSlim wake in _wake) wake.Release();
        foreach (Thread thread in _threads) thread.Join();
        foreach (SemaphoreSlim wake in _wake) wake.Dispose();
    }

    private static void TakePieces<TPieces>(Workers team)
        where TPieces : struct, IPieces
    {
        ref TPieces work = ref Unsafe.AsRef<TPieces>(team._work);
        int pieces = team._pieces;
        for (int piece; (piece = Interlocked.Increment(ref team._counters.Taken) - 1) < pieces;) work.Run(piece);
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (_busy) throw new InvalidOperationException("These workers run a body already. Call them from one thread at a time and not from inside a body, or make another Workers.");

        _busy = true;
    }

    private void RunRound(int members)
    {
        _counters.Running = members;
        long round = (_counters.Round & ~(long)MembersMask) + NextRound + members;
        Interlocked.Exchange(ref _counters.Round, round);
        for (int i = 0; i < members; i++)
        {
            if (Volatile.Read(ref _parked[i]) == 1 && Interlocked.Exchange(ref _parked[i], 0) == 1) _wake[i].Release();
        }

        Invoke(0);
        for (int spins = 0; Volatile.Read(ref _counters.Running) != 0; spins++)
        {
            if (spins < _spinsBeforeYielding) Thread.SpinWait(SpinLength);
            else Thread.Yield();
        }

        _body = null;
        _busy = false;
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    // The round's number and its members are one word, so a worker that is no member cannot mix two rounds: the caller waits for members only.
    private void Loop(int index)
    {
        for (long seen = 0; WaitForRound(index, ref seen);)
        {
            if (index >= (seen & MembersMask)) continue;

            Invoke(index + 1);
            Interlocked.Decrement(ref _counters.Running);
        }
    }

    // A release may be late, for a round that this worker has seen already: only the round's number says that there is work.
    private bool WaitForRound(int index, ref long seen)
    {
        while (true)
        {
            for (int spins = 0; spins < _spinsBeforeParking; spins++)
            {
                if (_stopping) return false;

                long round = Volatile.Read(ref _counters.Round);
                if (round != seen)
                {
                    seen = round;
                    return true;
                }

                Thread.SpinWait(SpinLength);
            }

            Interlocked.Exchange(ref _parked[index], 1);
            bool began = Interlocked.Read(ref _counters.Round) != seen;
            if (!began || Interlocked.Exchange(ref _parked[index], 0) == 0) _wake[index].Wait();
        }
    }

    private void Invoke(int worker)
    {
        try
        {
            if (_body is { } body) body(worker);
            else _takePieces(this);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }

    // What one thread writes while another spins on it has a cache line, and its neighbour, of its own.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Counters
    {
        [FieldOffset(128)] public long Round;
        [FieldOffset(256)] public int Running;
        [FieldOffset(384)] public int Taken;
    }
}
