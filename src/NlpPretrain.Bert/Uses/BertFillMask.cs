using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>A token that may stand at a mask.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Piece">Its characters, as the vocabulary writes it.</param>
/// <param name="Probability">From 0 to 1.</param>
public readonly record struct MaskCandidate(int Id, string Piece, double Probability);

/// <summary>Tells what stands at [MASK] in a text. Safe for use from several threads.</summary>
/// <remarks>A candidate is a function of its own text, to the bit, however many are computed together. Several masks of a text are told apart from each other, each as if the others stayed masked.</remarks>
public sealed class BertFillMask
{
    private const string MaskToken = "[MASK]";

    private readonly BertPretrainingModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly InferenceBatches<BertTaskBatch> _batches;
    private readonly int _mask;

    /// <summary>Creates it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <exception cref="ArgumentException">The tokenizer has no [MASK], or more tokens than the model.</exception>
    public BertFillMask(BertPretrainingModel model, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ModelFolder.RequireTokens(tokenizer, model.Model.Config.VocabularySize!.Value, nameof(BertConfig));
        if (!tokenizer.SpecialIds.TryGetValue(MaskToken, out _mask)) throw new ArgumentException($"The tokenizer has no special token {MaskToken}; use the one that the model was trained with.", nameof(tokenizer));

        (_model, _tokenizer) = (model, tokenizer);
        _batches = new(model.Model.Config.Width, model.Model.Config.Layers, () => new BertTaskBatch());
    }

    /// <summary>The most probable tokens of each mask of a text.</summary>
    /// <param name="text">A text with at least one [MASK].</param>
    /// <param name="count">How many of each, at least 1. Default 5.</param>
    /// <returns>For each mask, in the order of the text, its candidates, the most probable first; of equals that with the lower id.</returns>
    /// <exception cref="ArgumentException">The text has no [MASK], or more tokens than the model reads.</exception>
    public IReadOnlyList<IReadOnlyList<MaskCandidate>> Fill(string text, int count = 5) => FillBatch([text], count)[0];

    /// <summary>The most probable tokens of each mask of each text: what <see cref="Fill"/> gives, in less time.</summary>
    /// <param name="texts">Texts with at least one [MASK] each.</param>
    /// <param name="count">How many of each mask, at least 1. Default 5.</param>
    /// <param name="cancellationToken">Stops between two batches of texts.</param>
    /// <exception cref="ArgumentException">A text has no [MASK], or more tokens than the model reads.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<MaskCandidate>>> FillBatch(IReadOnlyList<string> texts, int count = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        BertSequence[][] encoded = [.. texts.Select((text, index) => (BertSequence[])[Encode(text, index)])];
        IReadOnlyList<MaskCandidate>[][] filled = new IReadOnlyList<MaskCandidate>[texts.Count][];
        _batches.Run([.. encoded.Select(static one => (1, one[0].Length))], Compute, cancellationToken);
        return filled;

        void Compute(Pass pass, BertTaskBatch batch, ReadOnlySpan<int> examples)
        {
            batch.Fill(encoded, examples);
            Tensor hidden = _model.Model.Hidden(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths);       // [B, T, C]
            Tensor logits = _model.MaskedLogits(_model.MaskedHidden(hidden, batch.Places));                         // [M, V]
            int row = 0;
            foreach (int example in examples)
            {
                filled[example] = [.. encoded[example][0].Places.Select(_ => Best(logits.Data.Slice(row++ * logits.Shape.Columns, logits.Shape.Columns), count))];
            }
        }
    }

    private BertSequence Encode(string text, int index)
    {
        ArgumentNullException.ThrowIfNull(text);
        TokenizedText encoded = _tokenizer.Encode(text);
        int[] ids = encoded.Ids.ToArray(), places = [.. ids.Index().Where(token => token.Item == _mask).Select(static token => token.Index)];
        if (places.Length == 0) throw new ArgumentException(FormattableString.Invariant($"Text {index} has no {MaskToken}; write one where a token is to be told."));
        return new BertSequence(ids, encoded.SegmentIds.ToArray(), places);
    }

    private MaskCandidate[] Best(ReadOnlySpan<float> logits, int count)
    {
        double[] probabilities = Softmax.Probabilities(logits);
        return [.. probabilities.Take(_tokenizer.Count).Index().OrderByDescending(static token => token.Item).Take(count)
            .Select(token => new MaskCandidate(token.Index, _tokenizer.PieceOf(token.Index), token.Item))];
    }
}
