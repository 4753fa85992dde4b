using System.Runtime.CompilerServices;
using NlpPretrain.Kernels;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>Trains word vectors on raw text: skip-gram or CBOW, with negative sampling or hierarchical softmax.</summary>
/// <remarks>
/// <para>An optimizer step, as the stream reports it, is a run of blocks of about <see cref="WordsPerStep"/> words in all; within it every window is a step of
/// stochastic gradient descent of its own.</para>
/// <para>Family defaults: 5 epochs; learning rate 0.025 for skip-gram and 0.05 for CBOW, falling linearly to 0.0001.</para>
/// <para>Source: Mikolov et al. 2013a, arXiv:1301.3781, and 2013b, arXiv:1310.4546; Rong 2014, arXiv:1411.2738, for the derivations.</para>
/// </remarks>
/// <param name="vocabulary">The words to learn vectors for.</param>
/// <param name="tokenizer">Cuts text to words; the one that the vocabulary was built with.</param>
public sealed class Word2VecPretrainer(WordVocabulary vocabulary, IWordTokenizer tokenizer) : IPretrainer<Word2VecConfig, Word2VecModel>
{
    /// <summary>Words that a step trains on, about.</summary>
    public const int WordsPerStep = 100_000;

    /// <summary>How workers share the weights. Default: <see cref="Word2VecUpdates.Reproducible"/>.</summary>
    public Word2VecUpdates Updates { get; init; } = Word2VecUpdates.Reproducible;

    /// <inheritdoc/>
    public Word2VecModel CreateModel(Word2VecConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Word2VecModel.Create(config, vocabulary, seed);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<TrainingProgress> PretrainAsync(Word2VecModel model, ICorpus corpus, TrainingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        Validate(options);
        RequireSameWords(model);

        using EncodedCorpus encoded = await Task.Run(() => Encode(corpus, options.Workers, cancellationToken), cancellationToken).ConfigureAwait(false);
        using Workers workers = new(options.Workers);
        Word2VecRun run = new(model, encoded, options, Updates);
        await Task.Run(run.Restore, cancellationToken).ConfigureAwait(false);
        ProgressClock clock = new(run.TotalSteps, run.StepsDone, run.WordsDone);
        while (run.StepsDone < run.TotalSteps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await Task.Run(() => Step(run, workers, clock, options), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private TrainingProgress Step(Word2VecRun run, Workers workers, ProgressClock clock, TrainingOptions options)
    {
        long wordsBefore = run.WordsDone;
        clock.BeginStep();
        BlockLoss loss = run.Step(workers);
        TrainingProgress progress = clock.EndStep(loss.Mean, run.LearningRate, run.WordsDone - wordsBefore);

        bool last = run.StepsDone == run.TotalSteps;
        if (options.CheckpointFolder is not null && (last || run.StepsDone % options.CheckpointInterval == 0)) run.Save();
        return options.Evaluation is not null && (last || run.StepsDone % (options.EvaluationInterval ?? long.MaxValue) == 0)
            ? progress with { EvaluationLoss = EvaluateLoss(run.Model, options.Evaluation, options.Seed) }
            : progress;
    }

    /// <summary>Mean loss of a model on held-out text, in nats per prediction; nothing is updated.</summary>
    /// <remarks>
    /// Every word is kept; windows and noise words are drawn from the seed, so equal arguments give equal bits. Sums are in double precision and one number
    /// a block, so that no corpus is too large: the running sum of single-precision programs stops growing at some size.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The held-out text.</param>
    /// <param name="seed">Seed of the windows and noise words. Default 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The model has other words than the pretrainer.</exception>
    /// <exception cref="CorpusException">The corpus cannot be read or holds no known word.</exception>
    public double EvaluateLoss(Word2VecModel model, ICorpus corpus, ulong seed = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        RequireSameWords(model);
        using EncodedCorpus encoded = Encode(corpus, workers: 1, cancellationToken);
        Sampling sampling = new(model.Config with { Subsampling = 0 }, model.Vocabulary);
        BlockPlan plan = sampling.CreatePlan();
        BlockTrainer trainer = sampling.CreateTrainer();
        BlockLoss loss = default;
        for (int block = 0; block < encoded.BlockCount; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            plan.Draw(encoded, block, seed, (ulong)block);
            loss += trainer.Measure(plan, model.Inputs, model.Outputs);
        }

        return loss.Mean;
    }

    private EncodedCorpus Encode(ICorpus corpus, int workers, CancellationToken cancellationToken)
    {
        EncodedCorpus encoded = EncodedCorpus.Encode(corpus, tokenizer, vocabulary, Word2VecRun.BlockWords, workers, cancellationToken: cancellationToken);
        if (encoded.WordCount > 0) return encoded;

        encoded.Dispose();
        throw new CorpusException(encoded.TokenCount == 0
            ? "The corpus has no words."
            : $"None of the corpus' {encoded.TokenCount} words is in the vocabulary of {vocabulary.Count}; build the vocabulary from this corpus, with this tokenizer.");
    }

    // A word's id is its row: another vocabulary would train the rows of other words.
    private void RequireSameWords(Word2VecModel model)
    {
        if (ReferenceEquals(model.Vocabulary, vocabulary) || model.Vocabulary.Words.SequenceEqual(vocabulary.Words)) return;

        throw new ArgumentException($"The model has {model.Vocabulary.Count} words and the pretrainer {vocabulary.Count}, and they are not the same words in the " +
            "same order; construct the pretrainer with the model's own vocabulary (Word2VecModel.Vocabulary).", nameof(model));
    }

    private static void Validate(TrainingOptions options)
    {
        options.Validate();
        if (options.Optimizer is not (null or OptimizerKind.Sgd)) throw Unsupported(nameof(options.Optimizer), $"{options.Optimizer}", "stochastic gradient descent");
        if (options.GradientClipping is not null) throw Unsupported(nameof(options.GradientClipping), $"{options.GradientClipping}", "no clipping");
        if (options.Accumulation != 1) throw Unsupported(nameof(options.Accumulation), $"{options.Accumulation}", "a step for every window");
        if (options.BatchSize is { } size) throw Unsupported(nameof(options.BatchSize), FormattableString.Invariant($"{size}"), "a step for every window");
        if (options.WeightDecay is { } decay) throw Unsupported(nameof(options.WeightDecay), FormattableString.Invariant($"{decay}"), "no weight decay");
        if (options.EvaluationInterval is { } interval && options.Evaluation is null)
            throw Unsupported(nameof(options.EvaluationInterval), FormattableString.Invariant($"{interval}"), "an evaluation interval only where there is a text to evaluate on, TrainingOptions.Evaluation");
        if (options.SecondDecay is { } second) throw Unsupported(nameof(options.SecondDecay), FormattableString.Invariant($"{second}"), "stochastic gradient descent, which has none");
    }

    private static ArgumentException Unsupported(string option, string given, string allowed) =>
        new(FormattableString.Invariant($"{option} is {given}; Word2Vec trains with {allowed} (TrainingOptions.{option})."));
}
