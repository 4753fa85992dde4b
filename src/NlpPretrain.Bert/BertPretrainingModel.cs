using System.Buffers;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>A BERT with the heads of pretraining: one tells the masked words, one whether the second sentence follows the first.</summary>
/// <remarks>
/// <para>P(word) = softmax(t·W_tᵀ + b) with t = LN(gelu(W·h + c)), W_t the embeddings of the tokens; P(is next) = softmax(W_n·pooled + b_n).</para>
/// <para>Source: Devlin et al. 2019, section 3.1; the transform t from google-research/bert.</para>
/// <para>Parameters are named as BertForPreTraining of Hugging Face names them, those of the model behind "bert.".</para>
/// </remarks>
public sealed partial class BertPretrainingModel : Layer
{
    private const int SentenceClasses = 2;

    private readonly Linear _transform;
    private readonly LayerNorm _transformNorm;
    private readonly Parameter _decoder, _decoderBias;
    private readonly Linear? _nextSentence;

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture, with its vocabulary's size. Without a pooler there is no next-sentence head, and nothing is lost by it but that task.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or there is no vocabulary's size.</exception>
    public BertPretrainingModel(BertConfig config, ulong seed)
        : this(config, new RandomStreams(seed), isBlank: false)
    {
    }

    private BertPretrainingModel(BertConfig config, RandomStreams random, bool isBlank)
    {
        Model = Add("bert", new BertModel(config, random, isBlank));
        if (isBlank) config = config with { InitialDeviation = 0 };
        Initializer normal = config.Weights();

        _transform = Add("cls.predictions.transform.dense", new Linear(config.Width, config.Width, random, config.UsesTanhGelu ? Activation.GeluTanh : Activation.GeluExact, normal));
        _transformNorm = Add("cls.predictions.transform.LayerNorm", new LayerNorm(config.Width, random, config.NormEpsilon));
        _decoder = Model.TokenTable;
        _decoderBias = Add("cls.predictions.bias", new(_decoder.Shape[0]), Initializers.Zeros, random);
        if (config.HasPooler) _nextSentence = Add("cls.seq_relationship", new Linear(config.Width, SentenceClasses, random, initializer: normal));
    }

    /// <summary>The encoder, which tasks are tuned from.</summary>
    public BertModel Model { get; }

    /// <summary>What the projection to the vocabulary sees of masked positions.</summary>
    /// <param name="hidden">[B, T, C], of <see cref="BertModel.Hidden"/>.</param>
    /// <param name="places">M masked places, indices into [B·T].</param>
    /// <returns>[M, C]</returns>
    /// <exception cref="ArgumentException">There are no places.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A place is not in the tensor.</exception>
    public Tensor MaskedHidden(Tensor hidden, ReadOnlySpan<int> places) => Transform(hidden.GatherRows(places));

    /// <summary>The logits of the words at masked positions.</summary>
    /// <param name="maskedHidden">[M, C], of <see cref="MaskedHidden"/>.</param>
    /// <returns>[M, V]</returns>
    public Tensor MaskedLogits(Tensor maskedHidden) => maskedHidden.Linear(_decoder, _decoderBias.AsTensor());

    /// <summary>The logits of whether the second sentence follows the first: class 0 that it does, class 1 that it is a random one, as google-research and Hugging Face have them.</summary>
    /// <param name="pooled">[B, C], of <see cref="BertModel.Pooled"/>.</param>
    /// <returns>[B, 2]</returns>
    /// <exception cref="InvalidOperationException">The model has no next-sentence head.</exception>
    public Tensor NextSentenceLogits(Tensor pooled) =>
        (_nextSentence ?? throw new InvalidOperationException("This model has no next-sentence head: it was created without a pooler (BertConfig.HasPooler), or its file has none.")).Forward(pooled);

    /// <summary>The mean cross entropy of the masked words, and added to it that of the next sentences.</summary>
    /// <remarks>
    /// <para>L = mean over masked places of −log P(word) + mean over sequences of −log P(is next or not).</para>
    /// <para>
    /// Only the masked places and the first tokens go through the MLP of the last block, and only the masked ones reach the vocabulary, whose logits never exist whole.
    /// Differs: google-research/bert divides by the number of masked places + 1e-5; here it is that number.
    /// </para>
    /// </remarks>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="batch">The sequences, with at least one masked place.</param>
    /// <param name="statistics">Sum, count and correct predictions of both.</param>
    /// <returns>One value, [1], in nats.</returns>
    /// <exception cref="ArgumentException">The batch has no masked place, or does not fit the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id, a segment or a length is not in its range.</exception>
    public Tensor Loss(Pass pass, BertBatch batch, out BertLossStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (int masked, int sequences, int time) = (batch.Places.Length, batch.Shape[0], batch.Shape[1]);
        if (masked == 0) throw new ArgumentException("The batch has no masked place; each of its examples needs at least one.", nameof(batch));

        int[] rented = ArrayPool<int>.Shared.Rent(masked + sequences);
        Span<int> seen = rented.AsSpan(0, masked + sequences);
        batch.Places.CopyTo(seen);
        for (int row = 0; row < sequences; row++) seen[masked + row] = row * time;               // the first tokens
        if (_nextSentence is null) seen = seen[..masked];
        Tensor hidden = Model.HiddenAt(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths, seen);       // [M + B, C]
        ArrayPool<int>.Shared.Return(rented);

        Tensor words = Transform(hidden.Slice(0, 0, masked));                                    // [M, C]
        Tensor loss = words.CrossEntropy(_decoder, _decoderBias.AsTensor(), batch.Labels, out TargetStatistics ofWords);
        statistics = new BertLossStatistics(ofWords, default);
        if (_nextSentence is null) return loss;

        Tensor pooled = Model.Pooled(hidden.Slice(0, masked, sequences));                        // [B, C]
        loss += NextSentenceLogits(pooled).CrossEntropy(batch.NextSentenceLabels, out TargetStatistics ofSentences);
        statistics = new BertLossStatistics(ofWords, ofSentences);
        return loss;
    }

    private Tensor Transform(Tensor hidden) => _transformNorm.Forward(_transform.Forward(hidden));
}
