using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Measures a model on a token stream, window after window.</summary>
internal static class WindowEvaluation
{
    private const int BatchTokens = 4_096;

    /// <param name="model">The model.</param>
    /// <param name="file">At least 2 tokens.</param>
    /// <param name="length">T, tokens of a window.</param>
    /// <param name="stride">How far a window is behind the one before, 1 to T; a window counts only the targets that no window before it had.</param>
    /// <param name="arena">Memory and threads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    internal static LanguageModelReport Run(GptModel model, TokenFile file, int length, int stride, TensorArena arena, CancellationToken cancellationToken)
    {
        length = (int)Math.Min(length, file.Count - 1);
        int batch = Math.Max(1, BatchTokens / length);
        int[] window = new int[length + 1], ids = new int[batch * length], targets = new int[batch * length];
        double nats = 0;
        long done = 0, targetCount = file.Count - 1;                        // token 0 has nothing before it
        while (done < targetCount)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rows = 0;
            for (; rows < batch && done < targetCount; rows++)
            {
                // The window whose last `stride` targets come next; the first one counts all of its targets, and the last ends with the stream.
                long end = done == 0 ? length : Math.Min(done + stride, targetCount), start = end - length;
                file.Read(start, window);
                Span<int> rowTargets = targets.AsSpan(rows * length, length);
                window.AsSpan(0, length).CopyTo(ids.AsSpan(rows * length));
                window.AsSpan(1).CopyTo(rowTargets);
                rowTargets[..(int)(done - start)].Fill(-1);
                done = end;
            }

            using Pass pass = Pass.Inference(arena);
            model.Loss(pass, ids.AsSpan(0, rows * length), targets.AsSpan(0, rows * length), new Shape(rows, length), out TargetStatistics statistics);
            nats += statistics.Sum;
        }

        return new LanguageModelReport(nats, targetCount, file.WordCount);
    }
}
