using System.Runtime.CompilerServices;

namespace NlpPretrain.Gpt;

/// <summary>Awaiting it goes on on a thread of the pool, away from the caller's context; it can be awaited again and again, and allocates nothing.</summary>
internal sealed class ThreadSwitch : ICriticalNotifyCompletion, IThreadPoolWorkItem
{
    private Action? _continuation;

    public bool IsCompleted { get; }

    public ThreadSwitch GetAwaiter() => this;

    public void GetResult() => _continuation = null;

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _continuation!();
}
