using System.Buffers;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>A Transformer decoder that gives each position a distribution of the next token.</summary>
/// <remarks>
/// <para>h₀ = W_e[u] + W_p, hₗ = block(hₗ₋₁), P(u) = softmax(hₙ·W_eᵀ).</para>
/// <para>Source: Radford et al. 2018, section 3.1, eq. 2. With <see cref="GptArchitecture.Gpt2"/>, Radford et al. 2019, section 2.3.</para>
/// <para>
/// Differs: OpenAI's code for GPT-1 has tokens and positions in one table and drops values of the table, here the sum of both is dropped, as in Hugging Face's; and
/// OpenAI's GPT-2 starts its positions with half the deviation of its tokens, here both have the same.
/// </para>
/// <para>Parameters are named as OpenAIGPTModel and GPT2Model of Hugging Face name them; weights are [outputs, inputs] here, and the other way in their files.</para>
/// </remarks>
public sealed partial class GptModel : Layer
{
    private readonly Embedding _tokens, _positions;
    private readonly GptBlock[] _blocks;
    private readonly LayerNorm? _finalNorm;
    private readonly Parameter _output;

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture, with its vocabulary's size.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or there is no vocabulary's size.</exception>
    public GptModel(GptConfig config, ulong seed)
        : this(config, seed, isBlank: false)
    {
    }

    private GptModel(GptConfig config, ulong seed, bool isBlank)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        int vocabulary = config.VocabularySize
            ?? throw new ArgumentException("A model needs the size of its vocabulary: give the number of the tokenizer's tokens (GptConfig.VocabularySize).", nameof(config));

        Config = config with { InitialDeviation = config.InitialDeviation };
        if (isBlank) config = config with { InitialDeviation = 0 };
        RandomStreams random = new(seed);
        Initializer normal = config.Weights();
        bool isFirst = config.Architecture == GptArchitecture.Gpt1;

        _tokens = Add(isFirst ? "tokens_embed" : "wte", new Embedding(vocabulary, config.Width, random, normal));
        _positions = Add(isFirst ? "positions_embed" : "wpe", new Embedding(config.ContextLength, config.Width, random, normal));
        _blocks = new GptBlock[config.Layers];
        for (int i = 0; i < _blocks.Length; i++) _blocks[i] = Add<GptBlock>($"h.{i}", isFirst ? new Gpt1Block(config, random) : new Gpt2Block(config, random));
        if (!isFirst) _finalNorm = Add("ln_f", new LayerNorm(config.Width, random, config.NormEpsilon));
        _output = config.TiesOutput ? _tokens.Weight : Add("lm_head.weight", new(vocabulary, config.Width), normal, random);
    }

    /// <summary>The architecture; its vocabulary's size is never null, and its deviation no longer follows the width.</summary>
    public GptConfig Config { get; }

    /// <summary>The blocks, the first below.</summary>
    internal IReadOnlyList<GptBlock> Blocks => _blocks;

    /// <summary>The vectors that the output projection sees.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="ids">B·T token ids, row by row. A row that is shorter ends with any ids: no position sees those behind it.</param>
    /// <param name="shape">[B, T]</param>
    /// <returns>[B, T, C]</returns>
    /// <exception cref="ArgumentException">There are no ids, more than the context has, or not as many as the shape says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary.</exception>
    public Tensor Hidden(Pass pass, ReadOnlySpan<int> ids, Shape shape)
    {
        Tensor x = Embed(pass, ids, shape, null);                                               // [B, T, C]
        foreach (GptBlock block in _blocks) x = block.Forward(x);
        return _finalNorm is null ? x : _finalNorm.Forward(x);
    }

    /// <summary>The vectors of new positions, behind those that caches have; the caches keep the new ones. The same bits as without caches.</summary>
    /// <param name="pass">The pass that computes, for inference.</param>
    /// <param name="ids">B·T ids of new tokens, row by row.</param>
    /// <param name="shape">[B, T]</param>
    /// <param name="caches">One for each block, of the model's width, with the sequences of the rows selected; a row continues behind the positions that its sequence has.</param>
    /// <returns>[B, T, C]</returns>
    /// <exception cref="ArgumentException">The caches do not fit, there are no ids, more than the context has, or not as many as the shape says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">The pass is for training.</exception>
    public Tensor Hidden(Pass pass, ReadOnlySpan<int> ids, Shape shape, IReadOnlyList<KeyValueCache> caches)
    {
        Tensor x = Embed(pass, ids, shape, FirstOf(caches));                                    // [B, T, C]
        for (int i = 0; i < _blocks.Length; i++) x = _blocks[i].Forward(x, caches[i]);
        return _finalNorm is null ? x : _finalNorm.Forward(x);
    }

    /// <summary>The logits of the next token.</summary>
    /// <param name="hidden">[..., C], of <see cref="Hidden(Pass, ReadOnlySpan{int}, Shape)"/> or some rows of it.</param>
    /// <returns>[..., V]</returns>
    public Tensor Logits(Tensor hidden) => hidden.Linear(_output);

    /// <summary>The mean cross entropy of the next tokens; the logits never exist whole.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="ids">B·T token ids, row by row.</param>
    /// <param name="targets">For each of them the token that follows; −1 leaves a place out.</param>
    /// <param name="shape">[B, T]</param>
    /// <param name="statistics">Sum, count and correct predictions.</param>
    /// <returns>One value, [1], in nats.</returns>
    /// <exception cref="ArgumentException">There are no ids, more than the context has, or not as many ids or targets as the shape says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id or a target is not of the vocabulary.</exception>
    public Tensor Loss(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> targets, Shape shape, out TargetStatistics statistics) =>
        Hidden(pass, ids, shape).CrossEntropy(_output, null, targets, out statistics);

    private Tensor Embed(Pass pass, ReadOnlySpan<int> ids, Shape shape, KeyValueCache? cache)
    {
        CheckIds(ids, shape, cache);
        int[] places = ArrayPool<int>.Shared.Rent(ids.Length);
        for (int i = 0; i < ids.Length; i++) places[i] = (cache is null ? 0 : cache.LengthOf(i / shape[1])) + i % shape[1];
        Tensor x = _tokens.Forward(pass, ids, shape) + _positions.Forward(pass, places.AsSpan(0, ids.Length), shape);
        ArrayPool<int>.Shared.Return(places);
        return x.Dropout(Config.EmbeddingDropout);
    }
}
