using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Computes the scores of many examples: those of like lengths together, batches on all processors at once.</summary>
/// <remarks>A score is a function of its own example, to the bit: neither the padding nor the other examples of a batch change it.</remarks>
internal sealed class ElmoPredictor(ElmoTuned tuned)
{
    private readonly InferenceBatches<ElmoTaskBatch> _batches = new(4 * tuned.Model.Config.Cells, 2 * tuned.Model.Config.Layers, () => new ElmoTaskBatch(tuned.Model.Config, tuned.Form.Texts));

    /// <param name="encoded">The texts of each example.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>For each example its scores, those of places one after another.</returns>
    public float[][] Scores(ElmoSequence[][] encoded, CancellationToken cancellationToken = default)
    {
        float[][] scores = new float[encoded.Length][];
        _batches.Run([.. encoded.Select(static texts => (texts.Length, Longest(texts)))], Compute, cancellationToken);
        return scores;

        void Compute(Pass pass, ElmoTaskBatch batch, ReadOnlySpan<int> examples)
        {
            batch.Fill(encoded, examples);
            Tensor table = tuned.Scores(pass, batch);                                           // [N, K]
            int start = 0;
            foreach (int example in examples)
            {
                int count = (tuned.Form.IsOfPlaces ? encoded[example][^1].Places.Length : 1) * table.Shape.Columns;
                scores[example] = table.Data.Slice(start, count).ToArray();
                start += count;
            }
        }
    }

    /// <summary>The softmax of each example's scores.</summary>
    /// <param name="encoded">The texts of each example.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public double[][] Probabilities(ElmoSequence[][] encoded, CancellationToken cancellationToken = default) =>
        [.. Scores(encoded, cancellationToken).Select(static scores => Softmax.Probabilities(scores))];

    public static int Longest(ElmoSequence[] texts) => texts.Max(static text => text.Length);
}
