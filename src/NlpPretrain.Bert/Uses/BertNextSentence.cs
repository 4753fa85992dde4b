using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Tells whether a text follows another, by the next-sentence head of pretraining. Safe for use from several threads.</summary>
/// <remarks>A probability is a function of its own pair, to the bit, however many are computed together.</remarks>
public sealed class BertNextSentence
{
    private readonly BertPretrainingModel _model;
    private readonly BertInputs _inputs;
    private readonly InferenceBatches<BertTaskBatch> _batches;

    /// <summary>Creates it.</summary>
    /// <param name="model">A model with a next-sentence head.</param>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <exception cref="ArgumentException">The tokenizer has not BERT's frame, or more tokens than the model; or the model has no next-sentence head.</exception>
    public BertNextSentence(BertPretrainingModel model, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        BertConfig config = model.Model.Config;
        ArgumentNullException.ThrowIfNull(tokenizer);
        ModelFolder.RequireTokens(tokenizer, config.VocabularySize!.Value, nameof(BertConfig));
        if (!config.HasPooler) throw new ArgumentException("The model has no next-sentence head; pretrain it with one (BertConfig.HasPooler).", nameof(model));

        (_model, _inputs) = (model, new BertInputs(tokenizer, config.ContextLength, config.SegmentTypes));
        _batches = new(config.Width, config.Layers, () => new BertTaskBatch());
    }

    /// <summary>The probability that the second text follows the first, from 0 to 1.</summary>
    /// <param name="first">A text.</param>
    /// <param name="second">A text that may follow it.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    public double Probability(string first, string second) => ProbabilityBatch([(first, second)])[0];

    /// <summary>The probability of each pair: what <see cref="Probability"/> gives, in less time.</summary>
    /// <param name="pairs">The pairs. Of one that is too long the longer text loses its end.</param>
    /// <param name="cancellationToken">Stops between two batches of pairs.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<double> ProbabilityBatch(IReadOnlyList<(string First, string Second)> pairs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        BertSequence[][] encoded = [.. pairs.Select((pair, index) => (BertSequence[])[_inputs.Pair(pair.First, pair.Second, index)])];
        double[] probabilities = new double[pairs.Count];
        _batches.Run([.. encoded.Select(static one => (1, one[0].Length))], Compute, cancellationToken);
        return probabilities;

        void Compute(Pass pass, BertTaskBatch batch, ReadOnlySpan<int> examples)
        {
            batch.Fill(encoded, examples);
            Tensor hidden = _model.Model.HiddenAt(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths, batch.Places);      // [B, C]
            Tensor logits = _model.NextSentenceLogits(_model.Model.Pooled(hidden));                                               // [B, 2]
            for (int row = 0; row < examples.Length; row++) probabilities[examples[row]] = Softmax.Probabilities(logits.Data.Slice(2 * row, 2))[0];
        }
    }
}
