using System.Runtime.CompilerServices;

namespace NlpPretrain.Training.Tests;

public sealed class TrainingRunTests
{
    [Fact]
    public async Task Returns_the_last_report_and_passes_on_each_in_order()
    {
        var reports = new Recorder();

        TrainingProgress last = await Steps(3, Token).RunAsync(reports, Token);

        last.Step.Should().Be(3);
        reports.Steps.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task Gives_step_zero_where_nothing_is_left_to_do() =>
        (await Steps(0, Token).RunAsync(cancellationToken: Token)).Should().Be(default(TrainingProgress));

    [Fact]
    public async Task Stops_between_two_steps_when_cancelled_even_if_the_stream_ignores_the_token()
    {
        using var source = new CancellationTokenSource();
        var reports = new Recorder { OnReport = at => { if (at.Step == 2) source.Cancel(); } };

        Func<Task> run = () => StepsWithoutToken(10).RunAsync(reports, source.Token);

        await run.Should().ThrowAsync<OperationCanceledException>();
        reports.Steps.Should().Equal(1, 2);
    }

    [Fact]
    public async Task Takes_no_step_when_cancelled_before()
    {
        var reports = new Recorder();

        Func<Task> run = () => StepsWithoutToken(10).RunAsync(reports, new CancellationToken(canceled: true));

        await run.Should().ThrowAsync<OperationCanceledException>();
        reports.Steps.Should().BeEmpty();
    }

    [Fact]
    public async Task Gives_the_token_to_the_stream_and_disposes_it()
    {
        using var source = new CancellationTokenSource();
        bool disposed = false;
        CancellationToken seen = default;

        async IAsyncEnumerable<TrainingProgress> Stream([EnumeratorCancellation] CancellationToken token = default)
        {
            try
            {
                seen = token;
                await Task.Yield();
                yield return At(1);
            }
            finally
            {
                disposed = true;
            }
        }

        var reports = new Recorder { OnReport = _ => throw new InvalidOperationException("A plot failed.") };
        Func<Task> run = () => Stream(CancellationToken.None).RunAsync(reports, source.Token);

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage("A plot failed.");
        seen.Should().Be(source.Token);
        disposed.Should().BeTrue();
    }

    [Fact]
    public void Never_returns_to_the_callers_context()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        var context = new CountingContext();
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            // Waiting would deadlock if a continuation were posted to a context that nobody pumps.
            Task<TrainingProgress> run = Steps(5, Token).RunAsync(cancellationToken: Token);
#pragma warning disable xUnit1031 // blocking is what is tested
            run.Wait(TimeSpan.FromSeconds(20), Token).Should().BeTrue();
#pragma warning restore xUnit1031
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        context.Posts.Should().Be(0);
    }

    [Fact]
    public void Refuses_null_at_once()
    {
        Action run = () => _ = ((IAsyncEnumerable<TrainingProgress>)null!).RunAsync(cancellationToken: Token);
        run.Should().Throw<ArgumentNullException>().WithParameterName("steps");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TrainingProgress At(long step) => new(step, 10, 1, 0.1, step, TimeSpan.Zero, TimeSpan.Zero);

    private static async IAsyncEnumerable<TrainingProgress> Steps(int count, [EnumeratorCancellation] CancellationToken token)
    {
        for (int step = 1; step <= count; step++)
        {
            token.ThrowIfCancellationRequested();
            await Task.Delay(1, token).ConfigureAwait(false);
            yield return At(step);
        }
    }

    private static async IAsyncEnumerable<TrainingProgress> StepsWithoutToken(int count)
    {
        for (int step = 1; step <= count; step++)
        {
            await Task.CompletedTask;
            yield return At(step);
        }
    }

    private sealed class Recorder : IProgress<TrainingProgress>
    {
        public List<long> Steps { get; } = [];

        public Action<TrainingProgress>? OnReport { get; init; }

        public void Report(TrainingProgress value)
        {
            Steps.Add(value.Step);
            OnReport?.Invoke(value);
        }
    }

    private sealed class CountingContext : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => Posts++;
    }
}
