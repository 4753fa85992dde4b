using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Trains a BERT on raw documents: to tell masked words from both sides, and whether one segment of sentences follows another.</summary>
/// <remarks>
/// <para>
/// The corpus is cut to sequences once, to temporary files: see <see cref="BertPretrainingData"/>. Batches have sequences of like lengths. The loss that progress reports is that of the
/// masked words, in nats per word; that of the next sentences is trained with it.
/// </para>
/// <para>
/// Family defaults: Adam with decoupled weight decay and without bias correction (<see cref="OptimizerKind.BertAdam"/>), ε = 1e-6; weight decay of 0.01 but for biases and norms; a rate of 1e-4 at
/// a width of 768, falling with the width as 768/C and at most 1e-3; a linear warm-up over 10,000 steps, or a tenth of a shorter run, then a straight line to 0; clipping at a norm of 1; 32 sequences
/// a batch; 1 epoch.
/// </para>
/// <para>
/// At first a model knows no more than how frequent each token is, for hundreds or thousands of steps; then it finds where to look, and the loss falls fast. On a text of some million words small
/// batches, such as 8 sequences of 128 tokens, get there with fewer tokens than larger ones.
/// </para>
/// <para>
/// Two phases, as the paper has them, are two runs over the same model, the second with longer sequences: <c>pretrainer.Data with { SequenceLength = 512 }</c>.
/// </para>
/// <para>
/// Source: Devlin et al. 2019, section 3.1 and appendix A.2; google-research/bert, optimization.py. Differs: there a batch has 256 sequences and a run 40 epochs; the rate of narrower models and the
/// warm-up of short runs are ours.
/// </para>
/// </remarks>
/// <param name="tokenizer">Cuts text to tokens, and has [CLS], [SEP] and [MASK]; a checkpoint holds it beside the model.</param>
public sealed class BertPretrainer(Tokenizer tokenizer) : IPretrainer<BertConfig, BertPretrainingModel>
{
    private const int BatchSize = 32, WarmUpSteps = 10_000, PaperWidth = 768;
    private const double PaperRate = 1e-4, HighestRate = 1e-3, LongestWarmUp = 0.1;
    private const ulong EvaluationSeed = 1;

    private readonly Tokenizer _tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));

    /// <summary>How the sequences are made and masked; an evaluation takes each document once, whatever the duplicate factor. Default: the default options.</summary>
    public BertDataOptions Data { get; init; } = new();

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture. Its vocabulary's size is the tokenizer's where it is null.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or its vocabulary has another size than the tokenizer.</exception>
    public BertPretrainingModel CreateModel(BertConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.VocabularySize is { } size && size != _tokenizer.Count)
        {
            throw new ArgumentException($"The config has {size} tokens and the tokenizer {_tokenizer.Count}; set it to null, for as many as the tokenizer has, " +
                "or construct the pretrainer with the tokenizer of that vocabulary (BertConfig.VocabularySize).", nameof(config));
        }

        return new BertPretrainingModel(config with { VocabularySize = _tokenizer.Count }, seed);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Model and tokenizer do not belong together, the tokenizer lacks a special token, or an option is out of its range.</exception>
    /// <exception cref="TokenizerException">A checkpoint could not hold the tokenizer: see <see cref="TokenizerFolder.RequireSavable"/>.</exception>
    public IAsyncEnumerable<TrainingProgress> PretrainAsync(BertPretrainingModel model, ICorpus corpus, TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Check(model.Model.Config, mayHaveMore: false);
        if (options.CheckpointFolder is not null) TokenizerFolder.RequireSavable(_tokenizer);
        return TrainingLoop.RunAsync(() => CreateTask(model, corpus, options, cancellationToken), options, cancellationToken);
    }

    /// <summary>Measures a model on held-out documents: each is cut to sequences once, and each sequence masked once.</summary>
    /// <param name="model">The model; it may have tokens that the tokenizer has not.</param>
    /// <param name="corpus">The documents.</param>
    /// <param name="seed">Seed of sequences and masks: one seed compares models on the same places. Default 1, as during training.</param>
    /// <param name="workers">Number of threads, at least 1; the result does not depend on it. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">Model and tokenizer do not belong together, the tokenizer lacks a special token, or an option is out of its range.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read, has no text, or has fewer documents or sentences than pairs of them need.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public BertPretrainingReport Evaluate(BertPretrainingModel model, ICorpus corpus, ulong seed = EvaluationSeed, int? workers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        Check(model.Model.Config, mayHaveMore: true);
        using BertPretrainingData data = CreateHeldOut(corpus, seed, workers, cancellationToken);
        using TensorArena arena = new(workers);
        return PretrainingEvaluation.Run(model, data, arena, cancellationToken);
    }

    internal static TrainingDefaults DefaultsFor(BertConfig config) => new()
    {
        Epochs = 1,
        LearningRate = Math.Min(HighestRate, PaperRate * PaperWidth / config.Width),
        Schedule = steps => LearningRateSchedules.Linear(warmUp: Math.Min((double)WarmUpSteps / steps, LongestWarmUp)),
        Optimizer = OptimizerKind.BertAdam,
        Epsilon = 1e-6,
    };

    private BertPretrainingTask CreateTask(BertPretrainingModel model, ICorpus corpus, TrainingOptions options, CancellationToken cancellationToken)
    {
        BertPretrainingData? data = null, heldOut = null;
        try
        {
            data = BertPretrainingData.Create(corpus, _tokenizer, Data, options.Seed, options.Workers, cancellationToken);
            if (options.Evaluation is not null) heldOut = CreateHeldOut(options.Evaluation, EvaluationSeed, options.Workers, cancellationToken);
            return new BertPretrainingTask(model, _tokenizer, data, heldOut, options.BatchSize ?? BatchSize, options.Seed);
        }
        catch
        {
            data?.Dispose();
            heldOut?.Dispose();
            throw;
        }
    }

    private BertPretrainingData CreateHeldOut(ICorpus corpus, ulong seed, int? workers, CancellationToken cancellationToken) =>
        BertPretrainingData.Create(corpus, _tokenizer, Data with { DuplicateFactor = 1 }, seed, workers, cancellationToken);

    private void Check(BertConfig config, bool mayHaveMore)
    {
        if (mayHaveMore ? config.VocabularySize < _tokenizer.Count : config.VocabularySize != _tokenizer.Count)
        {
            throw new ArgumentException($"The model has {config.VocabularySize} tokens and the tokenizer {_tokenizer.Count}: they do not belong together. Construct the pretrainer with the tokenizer that " +
                "the model was created for, or create the model by this pretrainer (BertPretrainer.CreateModel, BertConfig.VocabularySize).");
        }

        BertPretrainingData.Check(_tokenizer, Data);
        if (Data.SequenceLength > config.ContextLength)
        {
            throw new ArgumentException($"SequenceLength is {Data.SequenceLength}; it must be at most the model's context, {config.ContextLength} " +
                "(BertDataOptions.SequenceLength, BertConfig.ContextLength).");
        }

        if (config.SegmentTypes < 2)
            throw new ArgumentException($"The model has {config.SegmentTypes} type of segments; pretraining needs 2, one for each sentence (BertConfig.SegmentTypes).");
    }
}
