using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace NlpPretrain.Kernels;

/// <summary>A team of threads that run one body together, again and again, with little delay: each spins briefly before it parks.</summary>
/// <remarks>The caller is worker 0. One caller at a time; how work is cut must not depend on <see cref="Count"/> where bits matter.</remarks>
public sealed unsafe class Workers : IDisposable
{
    private const int SpinLength = 1;

    // A round is one word: its number, whether workers may still join, and how many have.
    private const long NextRound = 1L << 32, Open = 1L << 31, JoinedMask = Open - 1;

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
    /// <param name="count">Number of workers, with the caller, at least 1.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
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
        RunRound(_threads.Length, isForAll: true);
    }

    /// <summary>Runs every piece once, each on the next worker that is free, and returns when all are done. Allocates nothing.</summary>
    /// <remarks>
    /// The caller takes pieces like any other and waits only for workers that have taken one: a worker that wakes late, or has lost its processor
    /// to another program, is not waited for. With one piece or one worker it runs inline, and then it may be called from inside another piece.
    /// </remarks>
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
            RunRound(Math.Min(pieces - 1, _threads.Length), isForAll: false);
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

    private void RunRound(int wake, bool isForAll)
    {
        _counters.Finished = 0;
        Interlocked.Exchange(ref _counters.Round, ((_counters.Round & ~JoinedMask) + NextRound) | Open);
        for (int i = 0; i < wake; i++)
        {
            if (Volatile.Read(ref _parked[i]) == 1 && Interlocked.Exchange(ref _parked[i], 0) == 1) _wake[i].Release();
        }

        Invoke(0);
        if (isForAll) WaitForFinished(_threads.Length);
        WaitForFinished((int)(Interlocked.And(ref _counters.Round, ~Open) & JoinedMask));

        _body = null;
        _busy = false;
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void WaitForFinished(int members)
    {
        for (int spins = 0; Volatile.Read(ref _counters.Finished) != members; spins++)
        {
            if (spins < _spinsBeforeYielding) Thread.SpinWait(SpinLength);
            else Thread.Yield();
        }
    }

    private void Loop(int index)
    {
        for (long seen = 0; Join(index, ref seen);)
        {
            Invoke(index + 1);
            Interlocked.Increment(ref _counters.Finished);
        }
    }

    // A release may be late, for a round that this worker has seen already or that is closed: only the round's word says that there is work.
    private bool Join(int index, ref long seen)
    {
        while (true)
        {
            for (int spins = 0; spins < _spinsBeforeParking; spins++)
            {
                if (_stopping) return false;

                long round = Volatile.Read(ref _counters.Round);
                if (round / NextRound != seen && (round & Open) != 0)
                {
                    if (Interlocked.CompareExchange(ref _counters.Round, round + 1, round) != round) continue;

                    seen = round / NextRound;
                    return true;
                }

                Thread.SpinWait(SpinLength);
            }

            Interlocked.Exchange(ref _parked[index], 1);
            long now = Interlocked.Read(ref _counters.Round);
            bool began = now / NextRound != seen && (now & Open) != 0;
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
        [FieldOffset(256)] public int Finished;
        [FieldOffset(384)] public int Taken;
    }
}
