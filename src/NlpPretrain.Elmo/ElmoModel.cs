using System.Buffers;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>Vectors of words that know their context: a layer of tokens, and two stacks of LSTMs that read a sentence in the two directions.</summary>
/// <remarks>
/// <para>h₀ = [x; x] and hⱼ = [hⱼ forward; hⱼ backward], where x are the tokens' vectors and each direction reads all of them.</para>
/// <para>Source: Peters et al. 2018, sections 3.1 and 3.2; bilm-tf where the paper is silent.</para>
/// <para>Parameters: "tokens." of <see cref="ElmoTokenLayer"/>, "forward." and "backward." of <see cref="ElmoStack"/>. The softmax of pretraining is <see cref="ElmoLanguageModel"/>'s.</para>
/// </remarks>
public sealed partial class ElmoModel : Layer
{
    private readonly ElmoTokenLayer _tokens;
    private readonly ElmoStack _forward, _backward;

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture; with its vocabulary's size where words are read as ids.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or there is no vocabulary's size.</exception>
    public ElmoModel(ElmoConfig config, ulong seed)
        : this(config, new RandomStreams(seed))
    {
    }

    internal ElmoModel(ElmoConfig config, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        _tokens = Add("tokens", new ElmoTokenLayer(config, random));
        _forward = Add("forward", new ElmoStack(config, ElmoDirection.Forward, random));
        _backward = Add("backward", new ElmoStack(config, ElmoDirection.Backward, random));
    }

    /// <summary>The architecture.</summary>
    public ElmoConfig Config { get; }

    /// <summary>The vectors of all tokens, from the token layer and from every LSTM.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="batch">The sequences; what stands behind a sequence's end changes no bit of it, and its own vectors mean nothing.</param>
    /// <param name="states">What both directions know before the batch, and receive what they know after it. Default null: nothing, so that equal batches give equal vectors.</param>
    /// <param name="cache">Vectors of words that were computed before; no gradient reaches the token layer then. Default null: all are computed.</param>
    /// <returns>The layers + 1 tensors [B, T, 2P]; the first has the tokens' vectors twice, the others that of the forward direction and then that of the backward one.</returns>
    /// <exception cref="ArgumentException">The batch is empty or of another kind of model, or the states or the cache are of another model or batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, or a character is none.</exception>
    public Tensor[] AllLayers(Pass pass, ElmoBatch batch, ElmoStates? states = null, ElmoTokenCache? cache = null)
    {
        Tensor[] all = new Tensor[Config.Layers + 1];
        AllLayers(pass, batch, all, states, cache);
        return all;
    }

    /// <summary>The same without an allocation, for training.</summary>
    internal void AllLayers(Pass pass, ElmoBatch batch, Span<Tensor> all, ElmoStates? states = null, ElmoTokenCache? cache = null)
    {
        CheckBatch(batch, states);
        CheckCache(Config, cache);
        Tensor words = cache is null ? Words(pass, batch) : cache.Words(pass, this, batch.Characters);
        Tensor[] directions = ArrayPool<Tensor>.Shared.Rent(2 * Config.Layers);
        Span<Tensor> forward = directions.AsSpan(0, Config.Layers), backward = directions.AsSpan(Config.Layers, Config.Layers);
        Tensor tokens = _tokens.Forward(pass, words, batch.Tokens, batch.Shape);                 // [B, T, P]
        all[0] = tokens.Concatenate(tokens);                                                     // [B, T, 2P]

        (int sequences, int time) = (batch.Shape[0], batch.Shape[1]);
        int[] rented = ArrayPool<int>.Shared.Rent(batch.Shape.Size);
        Span<int> places = rented.AsSpan(0, batch.Shape.Size);
        Run(_forward, ElmoDirection.Forward, forward, places);
        Run(_backward, ElmoDirection.Backward, backward, places);
        for (int i = 0; i < forward.Length; i++)
        {
            Tensor left = Return(ElmoDirection.Forward, forward[i], places), right = Return(ElmoDirection.Backward, backward[i], places);
            all[i + 1] = left.Concatenate(right).Reshape(new(sequences, time, 2 * Config.Projection));
        }

        ArrayPool<int>.Shared.Return(rented);
        ArrayPool<Tensor>.Shared.Return(directions, clearArray: true);

        void Run(ElmoStack stack, ElmoDirection direction, Span<Tensor> layers, Span<int> places)
        {
            for (int i = 0; i < places.Length; i++) places[i] = batch.Tokens[PlaceInReading(batch, direction, i)];
            stack.Forward(_tokens.Forward(pass, words, places, new(time, sequences)), batch.IsFull ? [] : batch.Lengths, states, layers);
        }

        // Of row b·T + t, the place in [T, B] where its direction read it.
        Tensor Return(ElmoDirection direction, Tensor layer, Span<int> places)
        {
            for (int i = 0; i < places.Length; i++) places[PlaceInReading(batch, direction, i)] = i;
            return layer.GatherRows(places);                                                     // [B·T, P]
        }
    }

    /// <summary>What the last LSTM of one direction says after each token, for tokens in the order in which the direction reads them.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="batch">The sequences; for <see cref="ElmoDirection.Backward"/>, their last tokens first.</param>
    /// <param name="states">What the direction knows before the batch, and receives what it knows after it. Default null: nothing.</param>
    /// <returns>[T, B, P]: row t·B + b has read the tokens 0 to t of sequence b.</returns>
    /// <exception cref="ArgumentException">The batch is empty or of another kind of model, or the states are of another model or batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, or a character is none.</exception>
    public Tensor Read(Pass pass, ElmoDirection direction, ElmoBatch batch, ElmoStates? states = null)
    {
        CheckBatch(batch, states);
        Tensor words = Words(pass, batch);
        int[] rented = ArrayPool<int>.Shared.Rent(batch.Shape.Size);
        Span<int> tokens = rented.AsSpan(0, batch.Shape.Size);
        for (int i = 0; i < tokens.Length; i++) tokens[i] = batch.Tokens[PlaceInReading(batch, ElmoDirection.Forward, i)];
        Tensor x = _tokens.Forward(pass, words, tokens, new(batch.Shape[1], batch.Shape[0]));    // [T, B, P]
        ArrayPool<int>.Shared.Return(rented);
        return (direction == ElmoDirection.Forward ? _forward : _backward).Forward(x, batch.IsFull ? [] : batch.Lengths, states);
    }

    /// <summary>The vectors of words that know no context, as they are before the LSTMs.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="batch">The words.</param>
    /// <returns>[B, T, P]</returns>
    /// <exception cref="ArgumentException">The batch is empty or of another kind of model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, or a character is none.</exception>
    public Tensor TokenVectors(Pass pass, ElmoBatch batch)
    {
        CheckBatch(batch, states: null);
        return _tokens.Forward(pass, Words(pass, batch), batch.Tokens, batch.Shape);
    }

    /// <summary>The vectors of words by their characters, [N, M]: [N, P].</summary>
    internal Tensor Words(Pass pass, ReadOnlySpan<int> characters) => _tokens.Words(pass, characters);

    private Tensor Words(Pass pass, ElmoBatch batch) => Config.Characters is null ? default : _tokens.Words(pass, batch.Characters);

    /// <summary>The place in [B, T] of what a direction reads at a place of [T, B]: the step t of sequence b. Padding stays behind.</summary>
    private static int PlaceInReading(ElmoBatch batch, ElmoDirection direction, int place)
    {
        (int sequences, int time) = (batch.Shape[0], batch.Shape[1]);
        (int step, int sequence) = Math.DivRem(place, sequences);
        int length = batch.Lengths[sequence];
        return sequence * time + (direction == ElmoDirection.Backward && step < length ? length - 1 - step : step);
    }
}
