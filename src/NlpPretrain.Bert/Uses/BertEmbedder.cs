using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace NlpPretrain.Bert;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum BertPooling
{
    /// <summary>The vector of [CLS].</summary>
    FirstToken,

    /// <summary>The mean over all tokens, those of the frame included.</summary>
    Mean,
}

/// <summary>The vectors of a text's tokens.</summary>
/// <param name="Tokens">The tokens, with the parts of the text that they came from.</param>
/// <param name="Vectors">One for each token.</param>
public sealed record TokenVectors(TokenizedText Tokens, IReadOnlyList<float[]> Vectors);

/// <summary>Vectors of texts and of their tokens, from any layers of a BERT. Safe for use from several threads.</summary>
/// <remarks>
/// <para>A vector is a function of its own text, to the bit, however many are computed together. A text that is too long loses its end.</para>
/// <para>Source: Devlin et al. 2019, section 5.3 and table 7, for the last layers as features.</para>
/// </remarks>
public sealed class BertEmbedder
{
    private readonly BertModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly EncodeOptions _encode;
    private readonly InferenceBatches<BertTaskBatch> _batches;
    private readonly (int First, int Count) _layers;

    /// <summary>Creates it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
    /// <param name="layers">
    /// The layers whose vectors are averaged: 0 for the embeddings, 1 for the first block and so on; <c>^1..</c> is the last block alone, <c>^4..</c> the last four, <c>0..1</c> the embeddings.
    /// Default null: the last block.
    /// </param>
    /// <exception cref="ArgumentException">The tokenizer has more tokens than the model, or there are no such layers.</exception>
    public BertEmbedder(BertModel model, Tokenizer tokenizer, Range? layers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ModelFolder.RequireTokens(tokenizer, model.Config.VocabularySize!.Value, nameof(BertConfig));
        (_model, _tokenizer) = (model, tokenizer);
        _encode = new EncodeOptions { MatchSpecialTokens = false, MaxLength = model.Config.ContextLength };
        _batches = new(model.Config.Width, model.Config.Layers, () => new BertTaskBatch());
        Range given = layers ?? ^1..;
        int all = model.Config.Layers + 1, start = given.Start.GetOffset(all), end = given.End.GetOffset(all);
        if (start < 0 || start >= end || end > all)
            throw new ArgumentException(FormattableString.Invariant($"The layers {given} are none of the model's {all}, which are 0 for the embeddings to {all - 1} for the last block; a range has at least one."), nameof(layers));
        _layers = (start, end - start);
    }

    /// <summary>How tokens become a text's vector. Default <see cref="BertPooling.Mean"/>.</summary>
    public BertPooling Pooling { get; init; } = BertPooling.Mean;

    /// <summary>The vector of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>[C]</returns>
    /// <exception cref="ArgumentException">The text is null or empty.</exception>
    public float[] Embed(string text) => EmbedBatch([text])[0];

    /// <summary>The vector of each text: what <see cref="Embed"/> gives, in less time.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Stops between two batches of texts.</param>
    /// <exception cref="ArgumentException">A text is null or empty.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<float[]> EmbedBatch(IReadOnlyList<string> texts, CancellationToken cancellationToken = default) =>
        [.. Compute(texts, cancellationToken).Select(tokens => Pooling == BertPooling.FirstToken ? tokens.Vectors[0] : Mean(tokens.Vectors))];

    /// <summary>The vectors of a text's tokens, such as those of a word in its sentence.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The text is null or empty.</exception>
    public TokenVectors EmbedTokens(string text) => Compute([text], default)[0];

    private TokenVectors[] Compute(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        TokenizedText[] tokens = [.. texts.Select((text, index) => string.IsNullOrEmpty(text) ? throw TaskTexts.Empty(text, "The text", index) : _tokenizer.Encode(text, _encode))];
        BertSequence[][] encoded = [.. tokens.Select(static one => (BertSequence[])[new(one.Ids.ToArray(), one.SegmentIds.ToArray(), [])])];
        float[][][] vectors = new float[texts.Count][][];
        _batches.Run([.. encoded.Select(static one => (1, one[0].Length))], Embed, cancellationToken);
        return [.. tokens.Zip(vectors, (text, own) => new TokenVectors(text, own))];

        void Embed(Pass pass, BertTaskBatch batch, ReadOnlySpan<int> examples)
        {
            batch.Fill(encoded, examples);
            Tensor[] layers = _model.AllHidden(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths)[_layers.First..(_layers.First + _layers.Count)];     // [B, T, C] each
            for (int row = 0; row < examples.Length; row++)
            {
                float[][] own = new float[encoded[examples[row]][0].Length][];
                for (int place = 0; place < own.Length; place++)
                {
                    int start = (row * batch.Shape[1] + place) * _model.Config.Width;
                    own[place] = Mean([.. layers.Select(layer => layer.Data.Slice(start, _model.Config.Width).ToArray())]);
                }

                vectors[examples[row]] = own;
            }
        }
    }

    private static float[] Mean(IReadOnlyList<float[]> vectors)
    {
        if (vectors.Count == 1) return vectors[0];

        float[] sum = new float[vectors[0].Length];
        foreach (float[] vector in vectors) TensorPrimitives.Add(sum, vector, sum);
        TensorPrimitives.Multiply(sum, 1f / vectors.Count, sum);
        return sum;
    }
}
