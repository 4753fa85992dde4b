using System.Runtime.ExceptionServices;

namespace NlpPretrain.Kernels;

/// <summary>A team of threads that run one body together, again and again, with little delay: each spins briefly before it parks.</summary>
/// <remarks>The caller is worker 0. One caller at a time; how work is cut must not depend on <see cref="Count"/> where bits matter.</remarks>
public sealed class Workers : IDisposable
{
    private const int SpinsBeforeParking = 2_000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _parked;
    private volatile Action<int>? _body;
    private volatile bool _stopping;
    private int _round, _running;
    private Exception? _failure;

    /// <summary>Starts the team.</summary>
    /// <param name="count">Number of workers, with the caller, at least 1.</param>
    public Workers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
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
    /// <exception cref="Exception">The first exception that a worker met; the others have finished by then.</exception>
    public void Run(Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ObjectDisposedException.ThrowIf(_stopping, this);
        _body = body;
        Volatile.Write(ref _running, _threads.Length);
        Interlocked.Increment(ref _round);
        for (int i = 0; i < _threads.Length; i++)
        {
            if (Interlocked.Exchange(ref _parked[i], 0) == 1) _wake[i].Release();
        }

        Invoke(body, 0);
        SpinWait wait = default;
        while (Volatile.Read(ref _running) != 0) wait.SpinOnce(sleep1Threshold: -1);

        if (Interlocked.Exchange(ref _failure, null) is { } failure) ExceptionDispatchInfo.Throw(failure);
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

    private void Loop(int index)
    {
        for (int seen = 0; WaitForRound(index, seen);)
        {
            seen = Volatile.Read(ref _round);
            Invoke(_body!, index + 1);
            Interlocked.Decrement(ref _running);
        }
    }

    // A release may be late, for a round that this worker has seen already: only the round's number says that there is work.
    private bool WaitForRound(int index, int seen)
    {
        while (true)
        {
            for (int spins = 0; spins < SpinsBeforeParking; spins++)
            {
                if (_stopping) return false;
                if (Volatile.Read(ref _round) != seen) return true;
                Thread.SpinWait(8);
            }

            Interlocked.Exchange(ref _parked[index], 1);
            bool began = Volatile.Read(ref _round) != seen;
            if (!began || Interlocked.Exchange(ref _parked[index], 0) == 0) _wake[index].Wait();
        }
    }

    private void Invoke(Action<int> body, int worker)
    {
        try
        {
            body(worker);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }
}
