using System.Threading.Tasks.Sources;

namespace NlpPretrain.Training;

/// <summary>Runs one step after another on the thread pool, as <see cref="Task.Run(Action)"/> would, but allocates nothing.</summary>
internal sealed class PooledStep(Func<TrainingProgress> step) : IValueTaskSource<TrainingProgress>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<TrainingProgress> _core;

    public ValueTask<TrainingProgress> RunAsync()
    {
        _core.Reset();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return new ValueTask<TrainingProgress>(this, _core.Version);
    }

    void IThreadPoolWorkItem.Execute()
    {
        TrainingProgress progress;
        try
        {
            progress = step();
        }
#pragma warning disable CA1031                      // Whatever a step throws belongs to the one who awaits it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _core.SetException(exception);
            return;
        }

        _core.SetResult(progress);
    }

    TrainingProgress IValueTaskSource<TrainingProgress>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TrainingProgress>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<TrainingProgress>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
