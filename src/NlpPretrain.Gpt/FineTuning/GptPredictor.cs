using System.Collections.Concurrent;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Computes the scores of many examples: those of like lengths together, batches on all processors at once.</summary>
/// <remarks>A score is a function of its own example, to the bit: neither the padding nor the other examples of a batch change it.</remarks>
internal sealed class GptPredictor(GptTuned tuned)
{
    private const int MostValues = 1 << 21, LeastTokens = 256, MostTokens = 4096;

    // Arenas of one worker have no threads, so nothing needs to dispose of them.
    private readonly ConcurrentBag<(TensorArena Arena, SequenceBatch Batch)> _workspaces = [];

    /// <param name="encoded">The sequences of each example.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>For each example its scores: one a class, or one a sequence.</returns>
    public float[][] Scores(int[][][] encoded, CancellationToken cancellationToken = default)
    {
        float[][] scores = new float[encoded.Length][];
        int[] order = [.. Enumerable.Range(0, encoded.Length).OrderByDescending(example => Longest(encoded[example]))];
        List<Range> batches = Cut(encoded, order);
        if (batches.Count == 1) Compute(encoded, order, scores);
        else Parallel.ForEach(batches, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, batch => Compute(encoded, order.AsSpan(batch), scores));
        return scores;
    }

    /// <summary>The softmax of each example's scores.</summary>
    /// <param name="encoded">The sequences of each example.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public double[][] Probabilities(int[][][] encoded, CancellationToken cancellationToken = default) => [.. Scores(encoded, cancellationToken).Select(SoftmaxOf)];

    private static double[] SoftmaxOf(float[] scores)
    {
        double[] probabilities = new double[scores.Length];
        Softmax.Probabilities(scores, probabilities);
        return probabilities;
    }

    private static int Longest(int[][] sequences)
    {
        int longest = 0;
        foreach (int[] sequence in sequences) longest = Math.Max(longest, sequence.Length);
        return longest;
    }

    /// <summary>Batches of few enough tokens, padding counted, that their vectors stay near the processor.</summary>
    private List<Range> Cut(int[][][] encoded, int[] order)
    {
        GptConfig config = tuned.Model.Config;
        int most = Math.Clamp(MostValues / (config.Width * config.Layers), LeastTokens, MostTokens);
        List<Range> batches = [];
        int start = 0;
        long sequences = 0;
        for (int k = 0; k < order.Length; k++)
        {
            int count = encoded[order[k]].Length;
            if (k > start && (sequences + count) * Longest(encoded[order[start]]) > most)
            {
                batches.Add(start..k);
                (start, sequences) = (k, 0);
            }

            sequences += count;
        }

        if (start < order.Length) batches.Add(start..order.Length);
        return batches;
    }

    private void Compute(int[][][] encoded, ReadOnlySpan<int> examples, float[][] scores)
    {
        if (!_workspaces.TryTake(out (TensorArena Arena, SequenceBatch Batch) workspace)) workspace = (new TensorArena(1), new SequenceBatch(tuned.Inputs.Extract));
        workspace.Batch.Fill(encoded, examples, tuned.IsBothOrders);
        using (Pass pass = Pass.Inference(workspace.Arena))
        {
            Tensor hidden = tuned.Model.Hidden(pass, workspace.Batch.Ids, workspace.Batch.Shape);       // [S, T, C]
            Tensor table = tuned.Scores(hidden, workspace.Batch);                                       // [S, K]
            int start = 0;
            foreach (int example in examples)
            {
                int count = (tuned.IsBothOrders ? 1 : encoded[example].Length) * table.Shape.Columns;
                scores[example] = table.Data.Slice(start, count).ToArray();
                start += count;
            }
        }

        _workspaces.Add(workspace);
    }
}
