using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Computes the scores of many examples: those of like lengths together, batches on all processors at once.</summary>
/// <remarks>A score is a function of its own example, to the bit: neither the padding nor the other examples of a batch change it.</remarks>
internal sealed class GptPredictor(GptTuned tuned)
{
    private readonly InferenceBatches<SequenceBatch> _batches = new(tuned.Model.Config.Width, tuned.Model.Config.Layers, () => new SequenceBatch(tuned.Inputs.Extract));

    /// <param name="encoded">The sequences of each example.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>For each example its scores: one a class, or one a sequence.</returns>
    public float[][] Scores(int[][][] encoded, CancellationToken cancellationToken = default)
    {
        float[][] scores = new float[encoded.Length][];
        _batches.Run([.. encoded.Select(sequences => (sequences.Length, sequences.Max(sequence => sequence.Length)))], (pass, batch, examples) => Compute(pass, batch, encoded, examples, scores), cancellationToken);
        return scores;
    }

    /// <summary>The softmax of each example's scores.</summary>
    /// <param name="encoded">The sequences of each example.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public double[][] Probabilities(int[][][] encoded, CancellationToken cancellationToken = default) => [.. Scores(encoded, cancellationToken).Select(scores => Softmax.Probabilities(scores))];

    private void Compute(Pass pass, SequenceBatch batch, int[][][] encoded, ReadOnlySpan<int> examples, float[][] scores)
    {
        batch.Fill(encoded, examples, tuned.IsBothOrders);
        Tensor table = tuned.Scores(tuned.Model.Hidden(pass, batch.Ids, batch.Shape), batch);           // [S, K]
        int start = 0;
        foreach (int example in examples)
        {
            int count = (tuned.IsBothOrders ? 1 : encoded[example].Length) * table.Shape.Columns;
            scores[example] = table.Data.Slice(start, count).ToArray();
            start += count;
        }
    }
}
