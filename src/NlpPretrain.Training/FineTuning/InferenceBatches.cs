using System.Collections.Concurrent;
using NlpPretrain.Tensors;

namespace NlpPretrain.Training;

/// <summary>Computes many examples: those of like lengths together, batches on all processors at once.</summary>
/// <typeparam name="TBatch">Memory of a batch, which is used again for others.</typeparam>
/// <param name="width">C, the width of the model.</param>
/// <param name="layers">Its layers.</param>
/// <param name="create">Creates the memory of a batch.</param>
internal sealed class InferenceBatches<TBatch>(int width, int layers, Func<TBatch> create)
{
    private const int MostValues = 1 << 21, LeastTokens = 256, MostTokens = 4096;

    // Arenas of one worker have no threads, so nothing needs to dispose of them.
    private readonly ConcurrentBag<(TensorArena Arena, TBatch Batch)> _workspaces = [];

    public delegate void Computation(Pass pass, TBatch batch, ReadOnlySpan<int> examples);

    /// <summary>Calls the computation with batches that have each example once.</summary>
    /// <param name="sizes">How many sequences each example has, and the length of its longest.</param>
    /// <param name="compute">Computes the examples of a batch; called on several threads.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public void Run((int Sequences, int Length)[] sizes, Computation compute, CancellationToken cancellationToken = default)
    {
        int[] order = [.. Enumerable.Range(0, sizes.Length).OrderByDescending(example => sizes[example].Length)];
        List<Range> batches = Cut(sizes, order);
        if (batches.Count == 1) Run(order, compute);
        else Parallel.ForEach(batches, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, batch => Run(order.AsSpan(batch), compute));
    }

    private void Run(ReadOnlySpan<int> examples, Computation compute)
    {
        if (!_workspaces.TryTake(out (TensorArena Arena, TBatch Batch) workspace)) workspace = (new TensorArena(1), create());
        using (Pass pass = Pass.Inference(workspace.Arena)) compute(pass, workspace.Batch, examples);
        _workspaces.Add(workspace);
    }

    /// <summary>Batches of few enough tokens, padding counted, that their vectors stay near the processor.</summary>
    private List<Range> Cut((int Sequences, int Length)[] sizes, int[] order)
    {
        int most = Math.Clamp(MostValues / (width * layers), LeastTokens, MostTokens);
        List<Range> batches = [];
        int start = 0;
        long sequences = 0;
        for (int k = 0; k < order.Length; k++)
        {
            int count = sizes[order[k]].Sequences;
            if (k > start && (sequences + count) * sizes[order[start]].Length > most)
            {
                batches.Add(start..k);
                (start, sequences) = (k, 0);
            }

            sequences += count;
        }

        if (start < order.Length) batches.Add(start..order.Length);
        return batches;
    }
}
