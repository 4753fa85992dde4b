using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Computes the scores of many examples: those of like lengths together, batches on all processors at once.</summary>
/// <remarks>A score is a function of its own example, to the bit: neither the padding nor the other examples of a batch change it.</remarks>
internal sealed class BertPredictor(BertTuned tuned)
{
    private readonly InferenceBatches<BertTaskBatch> _batches = new(tuned.Model.Config.Width, tuned.Model.Config.Layers, () => new BertTaskBatch());

    /// <param name="encoded">The sequences of each example, at least one.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>For each example the scores of what its head sees, one after another.</returns>
    public float[][] Scores(BertSequence[][] encoded, CancellationToken cancellationToken = default)
    {
        float[][] scores = new float[encoded.Length][];
        _batches.Run([.. encoded.Select(static sequences => (sequences.Length, Longest(sequences)))], Compute, cancellationToken);
        return scores;

        void Compute(Pass pass, BertTaskBatch batch, ReadOnlySpan<int> examples)
        {
            batch.Fill(encoded, examples);
            Tensor table = tuned.Scores(pass, batch);                                           // [N, K]
            int start = 0;
            foreach (int example in examples)
            {
                int count = encoded[example].Sum(static sequence => sequence.Places.Length) * table.Shape.Columns;
                scores[example] = table.Data.Slice(start, count).ToArray();
                start += count;
            }
        }
    }

    /// <summary>The softmax of each example's scores.</summary>
    /// <param name="encoded">The sequences of each example, at least one.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public double[][] Probabilities(BertSequence[][] encoded, CancellationToken cancellationToken = default) =>
        [.. Scores(encoded, cancellationToken).Select(static scores => Softmax.Probabilities(scores))];

    public static int Longest(BertSequence[] sequences) => sequences.Max(static sequence => sequence.Length);
}
