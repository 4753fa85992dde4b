using System.Globalization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Trains an ELMo on raw text: to predict each word from those before it, and from those behind it.</summary>
/// <remarks>
/// <para>L = −Σ log P(wₜ | w₁ … wₜ₋₁) − Σ log P(wₜ | wₜ₊₁ … w_N), over parallel streams of text whose states go on from batch to batch; gradients go back to the begin of a batch.</para>
/// <para>
/// Words are what the tokenizer finds: <see cref="WordTokenizer"/> for English, <see cref="ChineseTokenizer"/> for Chinese words, and <see cref="WordTokenizer"/> again for Chinese
/// characters, each a word of its own. A model that reads characters reads those of all words of the corpus, and predicts <see cref="ElmoVocabulary.Unknown"/> for the ones outside its vocabulary.
/// </para>
/// <para>
/// Family defaults: Adam without weight decay, a rate of 1e-3, a linear warm-up over a hundredth of the run, then a line to 0; clipping at a norm of 10, of a loss that is summed over the steps of a window; 32
/// streams; 10 epochs.
/// </para>
/// <para>
/// Source: Peters et al. 2018, section 3.1, and bilm-tf where it is silent. Differs: bilm-tf has Adagrad with a rate of 0.2 and 128 streams; <see cref="OptimizerKind.Adagrad"/> here starts its
/// sums at 1 as there.
/// </para>
/// <para>
/// Differs: bilm-tf's streams never begin anew. LSTMs that never see states of zeros during training can fall into a regime where they predict nothing when they are given some afterwards, as every
/// embedding of a sentence does; <see cref="RestartProbability"/> shows them some.
/// </para>
/// </remarks>
/// <param name="vocabulary">What a model predicts and, where it reads words as ids, what it reads; a checkpoint holds it beside the model.</param>
/// <param name="tokenizer">Cuts text to words, as it did for the vocabulary.</param>
public sealed class ElmoPretrainer(ElmoVocabulary vocabulary, IWordTokenizer tokenizer) : IPretrainer<ElmoConfig, ElmoLanguageModel>
{
    private const int Streams = 32, Epochs = 10, MostUnrollSteps = 10_000;
    private const double Rate = 1e-3, WarmUp = 0.01, Clipping = 10, InitialSum = 1;

    private readonly ElmoVocabulary _vocabulary = vocabulary ?? throw new ArgumentNullException(nameof(vocabulary));
    private readonly IWordTokenizer _tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));

    /// <summary>T, steps of a batch, through which gradients go back, 1 to 10,000. Default 20.</summary>
    public int UnrollSteps { get; init; } = 20;

    /// <summary>Different words that a sampled softmax draws in each batch for each direction, 1 to the vocabulary's size; its vocabulary is by falling count. Default null: the full softmax.</summary>
    public int? SampledWords { get; init; }

    /// <summary>The probability that a stream begins a batch with states of zeros instead of those that it ended the batch before with, 0 to 1. Default 0.05, every 400 words; bilm-tf's is 0.</summary>
    public double RestartProbability { get; init; } = 0.05;

    internal static TrainingDefaults Defaults { get; } = new()
    {
        Epochs = Epochs, LearningRate = Rate, Schedule = _ => LearningRateSchedules.Linear(WarmUp), Optimizer = OptimizerKind.Adam, GradientClipping = Clipping, WeightDecay = 0, InitialSum = InitialSum,
    };

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture. Its vocabulary's size is that of the pretrainer's vocabulary where it is null.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or its vocabulary has another size than the pretrainer's.</exception>
    public ElmoLanguageModel CreateModel(ElmoConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.VocabularySize is { } size && size != _vocabulary.Count)
        {
            throw new ArgumentException($"The config has {size} words and the vocabulary {_vocabulary.Count}, the three special ones among them; set it to null, for as many as the vocabulary has, " +
                "or construct the pretrainer with that vocabulary (ElmoConfig.VocabularySize).", nameof(config));
        }

        return new ElmoLanguageModel(config with { VocabularySize = _vocabulary.Count }, seed);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Model and vocabulary do not belong together, an option is out of its range, or a sampled softmax is asked for and the vocabulary is not by falling count.</exception>
    public IAsyncEnumerable<TrainingProgress> PretrainAsync(ElmoLanguageModel model, ICorpus corpus, TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RequireVocabularyOf(model);
        if (UnrollSteps is < 1 or > MostUnrollSteps) throw new ArgumentException($"UnrollSteps is {UnrollSteps}; it must be from 1 to {MostUnrollSteps} (ElmoPretrainer.UnrollSteps).");
        if (RestartProbability is not (>= 0 and <= 1))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"RestartProbability is {RestartProbability}; it must be from 0 to 1 (ElmoPretrainer.RestartProbability)."));
        if (SampledWords is { } samples) RequireSamples(samples);
        return TrainingLoop.RunAsync(() => CreateTask(model, corpus, options, cancellationToken), options, cancellationToken);
    }

    /// <summary>Measures a model on held-out text: each direction predicts every word and every end of a sentence once, with the full softmax. Memory does not grow with the text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="workers">Number of threads, at least 1; the result does not depend on it. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">Model and vocabulary do not belong together.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read, or has no words.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public ElmoEvaluation Evaluate(ElmoLanguageModel model, ICorpus corpus, int? workers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        RequireVocabularyOf(model);
        using ElmoEvaluationText text = TextFor(model, corpus, workers ?? Environment.ProcessorCount, cancellationToken);
        using TensorArena arena = new(workers);
        return text.Evaluate(model, arena, cancellationToken);
    }

    private ElmoPretrainingTask CreateTask(ElmoLanguageModel model, ICorpus corpus, TrainingOptions options, CancellationToken cancellationToken)
    {
        ElmoConfig config = model.Model.Config;
        SentenceRing? ring = null;
        ElmoEvaluationText? heldOut = null;
        try
        {
            int streams = options.BatchSize ?? Streams;
            (ring, WordVocabulary words) = Read(config, corpus, options.Workers, cancellationToken);
            ring.RequireSteps((long)streams * UnrollSteps, "training");
            if (options.Evaluation is { } evaluation) heldOut = TextFor(model, evaluation, options.Workers, cancellationToken);
            return new ElmoPretrainingTask(model, _vocabulary, ring, new StreamWindows(ring, config, _vocabulary, words, streams, UnrollSteps), heldOut, SampledWords, RestartProbability, options.Seed);
        }
        catch
        {
            ring?.Dispose();
            heldOut?.Dispose();
            throw;
        }
    }

    private ElmoEvaluationText TextFor(ElmoLanguageModel model, ICorpus corpus, int workers, CancellationToken cancellationToken)
    {
        (SentenceRing ring, WordVocabulary words) = Read(model.Model.Config, corpus, workers, cancellationToken);
        return new ElmoEvaluationText(ring, model.Model.Config, _vocabulary, words);
    }

    /// <summary>The text, and the words of its ids: a model that reads characters reads those of words that it does not predict, too.</summary>
    private (SentenceRing Ring, WordVocabulary Words) Read(ElmoConfig config, ICorpus corpus, int workers, CancellationToken cancellationToken)
    {
        WordVocabulary words = config.Characters is null ? _vocabulary.Words : _vocabulary.Words.Extend(corpus, _tokenizer, new() { MinCount = 1 }, workers, cancellationToken);
        return (SentenceRing.Create(corpus, _tokenizer, words, _vocabulary.UnknownId, workers, cancellationToken), words);
    }

    private void RequireVocabularyOf(ElmoLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Model.Config.VocabularySize != _vocabulary.Count)
            throw new ArgumentException($"The model has {model.Model.Config.VocabularySize} words and the vocabulary {_vocabulary.Count}; construct the pretrainer with the vocabulary that the model was created for (ElmoConfig.VocabularySize).", nameof(model));
    }

    private void RequireSamples(int samples)
    {
        if (samples < 1 || samples > _vocabulary.Count)
            throw new ArgumentException($"SampledWords is {samples}; it must be from 1 to the vocabulary's {_vocabulary.Count} words (ElmoPretrainer.SampledWords).");
        try
        {
            _vocabulary.RequireFallingCounts();
        }
        catch (InvalidOperationException cause)
        {
            throw new ArgumentException($"{cause.Message} (ElmoPretrainer.SampledWords)", cause);
        }
    }
}
