using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>Trains a GPT on raw text: to predict each token from those before it.</summary>
/// <remarks>
/// <para>L = −Σ log P(uₜ | u₍ₜ₋ₖ₎ … uₜ₋₁), over windows of one stream of tokens: the corpus is tokenized once, to a temporary file.</para>
/// <para>
/// Family defaults: Adam with decoupled weight decay of 0.01 on all weights that are not biases or gains; a rate of 2.5e-4 at a width of 768, falling with the width as 768/C and
/// at most 1e-3; a linear warm-up over 2,000 steps, or a tenth of a shorter run, then a cosine to 0; clipping at a norm of 1; 32 sequences a batch; 1 epoch.
/// </para>
/// <para>
/// Source: Radford et al. 2018, section 3.1, eq. 1, and section 4.1. Differs: there a batch has 64 sequences and a run 100 epochs; the rate of narrower models and the
/// warm-up of short runs are ours.
/// </para>
/// </remarks>
/// <param name="tokenizer">Cuts text to tokens; a checkpoint holds it beside the model.</param>
public sealed class GptPretrainer(Tokenizer tokenizer) : IPretrainer<GptConfig, GptModel>
{
    private const int BatchSize = 32, WarmUpSteps = 2_000, PaperWidth = 768;
    private const double PaperRate = 2.5e-4, HighestRate = 1e-3, LongestWarmUp = 0.1;

    private readonly Tokenizer _tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));

    /// <summary>T, tokens of a training sequence, from 1 to the model's context. Default null: the model's context.</summary>
    public int? SequenceLength { get; init; }

    /// <summary>Which windows of the stream are read. Default <see cref="GptWindows.Shuffled"/>.</summary>
    public GptWindows Windows { get; init; } = GptWindows.Shuffled;

    /// <summary>A token of the tokenizer that follows each document in the stream. Default null: none.</summary>
    public string? EndOfText { get; init; }

    /// <summary>How far apart the windows of an evaluation start, from 1 to the sequence length. Default null: the sequence length, so that they do not overlap.</summary>
    public int? EvaluationStride { get; init; }

    /// <summary>Creates a model with random weights; equal seeds give equal weights.</summary>
    /// <param name="config">The architecture. Its vocabulary's size is the tokenizer's where it is null.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range, or its vocabulary has another size than the tokenizer.</exception>
    public GptModel CreateModel(GptConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.VocabularySize is { } size && size != _tokenizer.Count)
        {
            throw new ArgumentException($"The config has {size} tokens and the tokenizer {_tokenizer.Count}; set it to null, for as many as the tokenizer has, " +
                "or construct the pretrainer with the tokenizer of that vocabulary (GptConfig.VocabularySize).", nameof(config));
        }

        return new GptModel(config with { VocabularySize = _tokenizer.Count }, seed);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Model and tokenizer do not belong together, or an option is out of its range.</exception>
    /// <exception cref="TokenizerException">A checkpoint could not hold the tokenizer: see <see cref="TokenizerFolder.RequireSavable"/>.</exception>
    public IAsyncEnumerable<TrainingProgress> PretrainAsync(GptModel model, ICorpus corpus, TrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (model.Config.VocabularySize != _tokenizer.Count) throw Mismatch(model.Config.VocabularySize!.Value);
        if (options.CheckpointFolder is not null) TokenizerFolder.RequireSavable(_tokenizer);
        int length = LengthFor(model), stride = StrideFor(length, EvaluationStride);
        return TrainingLoop.RunAsync(() => CreateTask(model, corpus, options, length, stride, cancellationToken), options, cancellationToken);
    }

    /// <summary>Measures a model on held-out text; every token but the first is predicted once.</summary>
    /// <remarks>
    /// The text is one stream, as in training, read by windows of <see cref="SequenceLength"/>. With a stride below that, each window has been moved on by the stride and counts its
    /// last tokens only, so that behind the first window each token has at least (length − stride) tokens before it: slower, and a lower perplexity. Memory does not grow with the text.
    /// </remarks>
    /// <param name="model">The model; it may have tokens that the tokenizer has not, such as those of a task.</param>
    /// <param name="corpus">The text.</param>
    /// <param name="stride">How far apart windows start. Default null: <see cref="EvaluationStride"/>.</param>
    /// <param name="workers">Number of threads, at least 1; the result does not depend on it. Default null: the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has fewer tokens than the tokenizer, or a number is out of its range.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read or has fewer than 2 tokens.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public LanguageModelReport Evaluate(GptModel model, ICorpus corpus, int? stride = null, int? workers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        if (model.Config.VocabularySize < _tokenizer.Count) throw Mismatch(model.Config.VocabularySize!.Value);
        int length = LengthFor(model), step = StrideFor(length, stride ?? EvaluationStride);
        using TokenFile file = Tokenize(corpus, leastTokens: 2, "evaluation", workers ?? Environment.ProcessorCount, cancellationToken);
        using TensorArena arena = new(workers);
        return WindowEvaluation.Run(model, file, length, step, arena, cancellationToken);
    }

    internal static TrainingDefaults DefaultsFor(GptConfig config) => new()
    {
        Epochs = 1,
        LearningRate = Math.Min(HighestRate, PaperRate * PaperWidth / config.Width),
        Schedule = steps => LearningRateSchedules.Cosine(warmUp: Math.Min((double)WarmUpSteps / steps, LongestWarmUp)),
    };

    private GptPretrainingTask CreateTask(GptModel model, ICorpus corpus, TrainingOptions options, int length, int stride, CancellationToken cancellationToken)
    {
        TokenFile? file = null, heldOut = null;
        try
        {
            file = Tokenize(corpus, length + 1, "training", options.Workers, cancellationToken);
            if (options.Evaluation is not null) heldOut = Tokenize(options.Evaluation, 2, "evaluation", options.Workers, cancellationToken);
            return new GptPretrainingTask(model, _tokenizer, file, heldOut, Windows, length, stride, options.BatchSize ?? BatchSize, options.Seed);
        }
        catch
        {
            file?.Dispose();
            heldOut?.Dispose();
            throw;
        }
    }

    private TokenFile Tokenize(ICorpus corpus, int leastTokens, string use, int workers, CancellationToken cancellationToken)
    {
        TokenFile file = TokenFile.Create(corpus, _tokenizer, new TokenFileOptions { EndOfText = EndOfText, Workers = workers }, cancellationToken);
        if (file.Count >= leastTokens) return file;

        long count = file.Count;
        file.Dispose();
        throw new CorpusException($"The corpus for {use} has {count} tokens; one window and the token behind it are {leastTokens} (GptPretrainer.SequenceLength, GptConfig.ContextLength).");
    }

    private int LengthFor(GptModel model)
    {
        int context = model.Config.ContextLength, length = SequenceLength ?? context;
        if (length < 1 || length > context)
            throw new ArgumentException($"SequenceLength is {length}; it must be from 1 to the model's context, {context} (GptPretrainer.SequenceLength, GptConfig.ContextLength).");
        return length;
    }

    private static int StrideFor(int length, int? given)
    {
        int stride = given ?? length;
        if (stride < 1 || stride > length)
            throw new ArgumentException($"The stride of the evaluation is {stride}; it must be from 1 to the sequence length, {length} (GptPretrainer.EvaluationStride).");
        return stride;
    }

    private ArgumentException Mismatch(int vocabulary) => new(
        $"The model has {vocabulary} tokens and the tokenizer {_tokenizer.Count}: they do not belong together. Construct the pretrainer with the tokenizer that the model was " +
        "created for, or create the model by this pretrainer (GptPretrainer.CreateModel, GptConfig.VocabularySize).");
}
