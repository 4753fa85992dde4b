using System.Buffers;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>An ELMo with the softmax of pretraining: the forward direction predicts the next word, the backward one the word before.</summary>
/// <remarks>
/// <para>P(word) = softmax(W·h + b), with one W and b for both directions.</para>
/// <para>Source: Peters et al. 2018, section 3.1: the directions share the token layer and the softmax.</para>
/// <para>Parameters: those of the model behind "elmo.", "softmax.weight" [V, P] and "softmax.bias" [V].</para>
/// </remarks>
public sealed partial class ElmoLanguageModel : Layer
{
    private readonly Parameter _weight, _bias;

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture, with its vocabulary's size.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or there is no vocabulary's size.</exception>
    public ElmoLanguageModel(ElmoConfig config, ulong seed)
        : this(config, new RandomStreams(seed))
    {
    }

    internal ElmoLanguageModel(ElmoConfig config, RandomStreams random)
    {
        Model = Add("elmo", new ElmoModel(config, random));
        int vocabulary = config.VocabularySize
            ?? throw new ArgumentException("A language model needs the size of its vocabulary: give the number of the vocabulary's words (ElmoConfig.VocabularySize).", nameof(config));
        _weight = Add("softmax.weight", new(vocabulary, config.Projection), Initializers.Normal(Math.Sqrt(1.0 / config.Projection)), random);
        _bias = Add("softmax.bias", new(vocabulary), Initializers.Zeros, random);
    }

    /// <summary>The model without the softmax, which tasks are tuned from.</summary>
    public ElmoModel Model { get; }

    /// <summary>The mean of both directions' mean cross entropies, over the whole vocabulary.</summary>
    /// <remarks>L = ½·(mean of −log P(next word) + mean of −log P(word before)).</remarks>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="forward">What the forward direction reads, and the next words.</param>
    /// <param name="backward">What the backward direction reads, last tokens first, and the words before.</param>
    /// <param name="states">What the directions know before the windows, and receive what they know after them; null: nothing.</param>
    /// <param name="statistics">Sum, count and correct predictions of each direction.</param>
    /// <returns>One value, [1], in nats.</returns>
    /// <exception cref="ArgumentException">A window is empty or of another kind of model, or the states are of another model or batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, or a character is none.</exception>
    public Tensor Loss(Pass pass, ElmoWindow forward, ElmoWindow backward, ElmoStates? states, out ElmoLossStatistics statistics)
    {
        Tensor next = Loss(pass, ElmoDirection.Forward, forward, states, out TargetStatistics ofNext), before = Loss(pass, ElmoDirection.Backward, backward, states, out TargetStatistics ofBefore);
        statistics = new(ofNext, ofBefore);
        return 0.5f * (next + before);
    }

    /// <summary>The mean cross entropy of one direction, over the whole vocabulary.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="window">What the direction reads, in its order, and the words that follow.</param>
    /// <param name="states">What the direction knows before the window, and receives what it knows after it; null: nothing.</param>
    /// <param name="statistics">Sum, count and correct predictions.</param>
    /// <returns>One value, [1], in nats.</returns>
    /// <exception cref="ArgumentException">The window is empty or of another kind of model, or the states are of another model or batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, or a character is none.</exception>
    public Tensor Loss(Pass pass, ElmoDirection direction, ElmoWindow window, ElmoStates? states, out TargetStatistics statistics)
    {
        Tensor hidden = Read(pass, direction, window, states);                                   // [T, B, P]
        int[] targets = RentTargets(window);
        Tensor loss = hidden.CrossEntropy(_weight, _bias.AsTensor(), targets.AsSpan(0, window.Targets.Length), out statistics, ElmoWindow.NoTarget);
        ArrayPool<int>.Shared.Return(targets);
        return loss;
    }

    /// <summary>The mean of both directions' mean cross entropies, each over a sample of the vocabulary: see <see cref="Tensor.SampledSoftmax"/>.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="forward">What the forward direction reads, and the next words.</param>
    /// <param name="backward">What the backward direction reads, last tokens first, and the words before.</param>
    /// <param name="states">What the directions know before the windows, and receive what they know after them; null: nothing.</param>
    /// <param name="samples">Different words of each direction's sample, 1 to V. The vocabulary must be in the order of falling frequency.</param>
    /// <param name="random">Where the draws come from; a stream of its own for each step.</param>
    /// <param name="statistics">Sum and count of each direction; correct predictions are not counted.</param>
    /// <returns>One value, [1], in nats; not comparable to <see cref="Loss(Pass, ElmoWindow, ElmoWindow, ElmoStates?, out ElmoLossStatistics)"/>.</returns>
    /// <exception cref="ArgumentException">A window is empty or of another kind of model, or the states are of another model or batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of the vocabulary, a character is none, or the number of samples is out of range.</exception>
    public Tensor SampledLoss(Pass pass, ElmoWindow forward, ElmoWindow backward, ElmoStates? states, int samples, RandomStream random, out ElmoLossStatistics statistics)
    {
        Tensor next = SampledLoss(pass, ElmoDirection.Forward, forward, states, samples, new(random[0]), out TargetStatistics ofNext);
        Tensor before = SampledLoss(pass, ElmoDirection.Backward, backward, states, samples, new(random[1]), out TargetStatistics ofBefore);
        statistics = new(ofNext, ofBefore);
        return 0.5f * (next + before);
    }

    private Tensor SampledLoss(Pass pass, ElmoDirection direction, ElmoWindow window, ElmoStates? states, int samples, RandomStream random, out TargetStatistics statistics)
    {
        Tensor hidden = Read(pass, direction, window, states);                                   // [T, B, P]
        int[] targets = RentTargets(window);
        Tensor loss = hidden.SampledSoftmax(_weight, _bias.AsTensor(), targets.AsSpan(0, window.Targets.Length), samples, random, ElmoWindow.NoTarget);
        ArrayPool<int>.Shared.Return(targets);
        int count = window.Targets.Length - window.Targets.Count(ElmoWindow.NoTarget);
        statistics = new((double)loss.Item * count, count, 0);
        return loss;
    }

    private Tensor Read(Pass pass, ElmoDirection direction, ElmoWindow window, ElmoStates? states)
    {
        ArgumentNullException.ThrowIfNull(window);
        return Model.Read(pass, direction, window.Tokens, states).Dropout(Model.Config.Dropout);
    }

    /// <summary>The targets in the order of the outputs, [T, B].</summary>
    private static int[] RentTargets(ElmoWindow window)
    {
        (int sequences, int time) = (window.Tokens.Shape[0], window.Tokens.Shape[1]);
        int[] targets = ArrayPool<int>.Shared.Rent(sequences * time);
        for (int i = 0; i < sequences * time; i++) targets[i] = window.Targets[i % sequences * time + i / sequences];
        return targets;
    }
}
