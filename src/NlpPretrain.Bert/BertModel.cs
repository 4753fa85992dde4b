using System.Buffers;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>A Transformer encoder that looks both ways: embeddings of tokens, positions and segments, blocks, and a pooler.</summary>
/// <remarks>
/// <para>h₀ = LN(W_t[token] + W_p[position] + W_s[segment]), hₗ = block(hₗ₋₁), pooled = tanh(W·h_L[first token] + b).</para>
/// <para>Source: Devlin et al. 2019, section 3 and figure 2; the pooler from google-research/bert.</para>
/// <para>Parameters are named as BertModel of Hugging Face names them, but for the one map to queries, keys and values.</para>
/// </remarks>
public sealed partial class BertModel : Layer
{
    private readonly Embedding _tokens, _positions, _segments;
    private readonly LayerNorm _embeddingNorm;
    private readonly BertBlock[] _blocks;
    private readonly Linear? _pooler;

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture, with its vocabulary's size.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or there is no vocabulary's size.</exception>
    public BertModel(BertConfig config, ulong seed)
        : this(config, new RandomStreams(seed), isBlank: false)
    {
    }

    internal BertModel(BertConfig config, RandomStreams random, bool isBlank)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        int vocabulary = config.VocabularySize
            ?? throw new ArgumentException("A model needs the size of its vocabulary: give the number of the tokenizer's tokens (BertConfig.VocabularySize).", nameof(config));

        Config = config with { InitialDeviation = config.InitialDeviation };
        if (isBlank) config = config with { InitialDeviation = 0 };
        Initializer normal = config.Weights();

        _tokens = Add("embeddings.word_embeddings", new Embedding(vocabulary, config.Width, random, normal));
        _positions = Add("embeddings.position_embeddings", new Embedding(config.ContextLength, config.Width, random, normal));
        _segments = Add("embeddings.token_type_embeddings", new Embedding(config.SegmentTypes, config.Width, random, normal));
        _embeddingNorm = Add("embeddings.LayerNorm", new LayerNorm(config.Width, random, config.NormEpsilon));
        _blocks = new BertBlock[config.Layers];
        for (int i = 0; i < _blocks.Length; i++) _blocks[i] = Add($"encoder.layer.{i}", new BertBlock(config, random));
        if (config.HasPooler) _pooler = Add("pooler.dense", new Linear(config.Width, config.Width, random, Activation.Tanh, normal));
    }

    /// <summary>The architecture; its vocabulary's size is never null, and its deviation no longer follows the width.</summary>
    public BertConfig Config { get; }

    /// <summary>The blocks, the first below.</summary>
    internal IReadOnlyList<BertBlock> Blocks => _blocks;

    /// <summary>The embeddings of the tokens, [V, C]: the decoder of the masked words is tied to it.</summary>
    internal Parameter TokenTable => _tokens.Weight;

    /// <summary>The vectors of all positions, from the last block.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="ids">B·T token ids, row by row.</param>
    /// <param name="segments">The segment of each token; empty: all are of segment 0.</param>
    /// <param name="shape">[B, T]</param>
    /// <param name="lengths">
    /// Positions of each row that are no padding, [B]; empty: all. What stands behind a row's length is any id, and changes no bit of the row; its own vectors mean nothing.
    /// </param>
    /// <returns>[B, T, C]</returns>
    /// <exception cref="ArgumentException">There are no ids, more than the context has, or not as many ids, segments or lengths as the shape says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, a segment is none of the model, or a length is not from 1 to T.</exception>
    public Tensor Hidden(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> segments, Shape shape, ReadOnlySpan<int> lengths)
    {
        Tensor x = Embed(pass, ids, segments, shape, lengths);                                   // [B, T, C]
        foreach (BertBlock block in _blocks) x = block.Forward(x, lengths);
        return x;
    }

    /// <summary>The vectors of some positions, from the last block, which computes these alone.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="ids">B·T token ids, row by row.</param>
    /// <param name="segments">The segment of each token; empty: all are of segment 0.</param>
    /// <param name="shape">[B, T]</param>
    /// <param name="lengths">Positions of each row that are no padding, [B]; empty: all.</param>
    /// <param name="places">N places, indices into [B·T].</param>
    /// <returns>[N, C], with the bits of <see cref="Hidden"/>.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Hidden"/>, or there are no places.</exception>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Hidden"/>, or a place is not in the shape.</exception>
    public Tensor HiddenAt(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> segments, Shape shape, ReadOnlySpan<int> lengths, ReadOnlySpan<int> places)
    {
        Tensor x = Embed(pass, ids, segments, shape, lengths);                                   // [B, T, C]
        foreach (BertBlock block in _blocks.AsSpan(..^1)) x = block.Forward(x, lengths);
        return _blocks[^1].ForwardAt(x, lengths, places);                                        // [N, C]
    }

    /// <summary>The vectors of all positions, from the embeddings and from every block.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="ids">B·T token ids, row by row.</param>
    /// <param name="segments">The segment of each token; empty: all are of segment 0.</param>
    /// <param name="shape">[B, T]</param>
    /// <param name="lengths">Positions of each row that are no padding, [B]; empty: all.</param>
    /// <returns>The layers + 1 tensors [B, T, C], that of the embeddings first.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Hidden"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Hidden"/>.</exception>
    public Tensor[] AllHidden(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> segments, Shape shape, ReadOnlySpan<int> lengths)
    {
        Tensor[] all = new Tensor[_blocks.Length + 1];
        all[0] = Embed(pass, ids, segments, shape, lengths);                                     // [B, T, C]
        for (int i = 0; i < _blocks.Length; i++) all[i + 1] = _blocks[i].Forward(all[i], lengths);
        return all;
    }

    /// <summary>One vector for each sequence: a projection of its first token's, and tanh.</summary>
    /// <param name="hidden">[B, T, C], of <see cref="Hidden"/>; or the vectors of first tokens, [B, C].</param>
    /// <returns>[B, C]</returns>
    /// <exception cref="InvalidOperationException">The model has no pooler.</exception>
    public Tensor Pooled(Tensor hidden)
    {
        Linear pooler = _pooler ?? throw new InvalidOperationException("This model has no pooler: it was created without (BertConfig.HasPooler), or its file has none.");
        if (hidden.Shape.Rank == 2) return pooler.Forward(hidden);

        (int batch, int time) = (hidden.Shape[0], hidden.Shape[1]);
        int[] first = ArrayPool<int>.Shared.Rent(batch);
        for (int row = 0; row < batch; row++) first[row] = row * time;
        Tensor tokens = hidden.GatherRows(first.AsSpan(0, batch));                               // [B, C]
        ArrayPool<int>.Shared.Return(first);
        return pooler.Forward(tokens);
    }

    private Tensor Embed(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> segments, Shape shape, ReadOnlySpan<int> lengths)
    {
        CheckIds(ids, segments, shape, lengths);
        int[] numbers = ArrayPool<int>.Shared.Rent(2 * ids.Length);
        Span<int> places = numbers.AsSpan(0, ids.Length), zeros = numbers.AsSpan(ids.Length, ids.Length);
        for (int i = 0; i < places.Length; i++) places[i] = i % shape[1];
        zeros.Clear();
        Tensor x = _tokens.Forward(pass, ids, shape) + _positions.Forward(pass, places, shape) + _segments.Forward(pass, segments.IsEmpty ? zeros : segments, shape);
        ArrayPool<int>.Shared.Return(numbers);
        return _embeddingNorm.Forward(x).Dropout(Config.Dropout);
    }
}
