using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Held-out text, on which a model is measured: both directions predict every word and every end of a sentence once.</summary>
/// <remarks>
/// Streams read parts of the text side by side. Each but the first begins some steps before its part, which do not count, so that it knows what a single stream would know
/// there but for what is long past.
/// </remarks>
internal sealed class ElmoEvaluationText : IDisposable
{
    private const int MostStreams = 32, LeastPart = 1_024, WarmUpSteps = 256, WindowSteps = 32;

    private readonly ElmoConfig _config;
    private readonly SentenceRing _ring;
    private readonly StreamWindows _windows;

    /// <summary>Takes over the text.</summary>
    internal ElmoEvaluationText(SentenceRing ring, ElmoConfig config, ElmoVocabulary vocabulary, WordVocabulary words)
    {
        (_ring, _config) = (ring, config);
        _windows = new StreamWindows(ring, config, vocabulary, words, (int)Math.Clamp(ring.Count / LeastPart, 1, MostStreams), WindowSteps);
    }

    internal ElmoEvaluation Evaluate(ElmoLanguageModel model, TensorArena arena, CancellationToken cancellationToken)
    {
        int streams = _windows.Streams;
        long part = (_ring.Count - 1) / streams + 1, lead = streams == 1 ? 0 : WarmUpSteps;
        ElmoStates states = new(_config, streams);
        ElmoLossStatistics sum = default;
        for (long done = -lead; done < part; done += WindowSteps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int stream = 0; stream < streams; stream++) Read(stream, stream * part, done, Math.Min(part, _ring.Count - stream * part));
            _windows.Fill();
            using Pass pass = Pass.Inference(arena);
            model.Loss(pass, _windows.Forward, _windows.Backward, states, out ElmoLossStatistics statistics);
            sum += statistics;
        }

        return new ElmoEvaluation(ReportOf(sum.Forward), ReportOf(sum.Backward));
    }

    public void Dispose() => _ring.Dispose();

    /// <summary>Reads a window; what is not of the stream's own part does not count.</summary>
    private void Read(int stream, long start, long done, long part)
    {
        _windows.Read(stream, (start + done + _ring.Count) % _ring.Count);
        Span<int> next = _windows.Next(stream), before = _windows.Before(stream);
        for (int i = 0; i < WindowSteps; i++)
        {
            if (done + i >= 0 && done + i < part) continue;
            (next[i], before[i]) = (ElmoWindow.NoTarget, ElmoWindow.NoTarget);
        }
    }

    private LanguageModelReport ReportOf(TargetStatistics statistics) => new(statistics.Sum, statistics.Count, _ring.Count);
}
