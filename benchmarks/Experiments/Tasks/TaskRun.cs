using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>A metric's name and its value in percent.</summary>
internal readonly record struct TaskMetric(string Name, double Value);

/// <summary>One task: trains a copy of a model on it and measures that.</summary>
/// <typeparam name="TModel">The pretrained model.</typeparam>
internal abstract class TaskRun<TModel>(string name) where TModel : class
{
    public string Name => name;

    /// <summary>How many examples there are, and where they come from.</summary>
    public abstract string Description { get; }

    public abstract Task<TaskMetric[]> RunAsync(TModel pretrained, TrainingOptions options, Action<TrainingProgress> report, CancellationToken cancellationToken);
}

/// <summary>A task from its fine-tuner, its examples and its evaluator.</summary>
internal sealed class TaskRun<TModel, TExample, TTuned>(
    string name, TaskSplit<TExample> split, IFineTuner<TModel, TExample, TTuned> tuner, Func<TTuned, TExample[], TaskMetric[]> measure) : TaskRun<TModel>(name) where TModel : class where TTuned : class
{
    public override string Description => $"{split.Training.Length} examples to train on, {split.Test.Length} to report";

    public override async Task<TaskMetric[]> RunAsync(TModel pretrained, TrainingOptions options, Action<TrainingProgress> report, CancellationToken cancellationToken)
    {
        TTuned tuned = tuner.CreateTuned(pretrained, options.Seed);
        await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, split.Training, options, cancellationToken).ConfigureAwait(false)) report(at);
        return measure(tuned, split.Test);
    }
}

/// <summary>Tasks of each kind, with their usual metrics.</summary>
internal static class TaskRuns
{
    public static TaskRun<TModel> Texts<TModel, TTuned>(string name, TaskSplit<TextExample> split, Func<TaskSplit<TextExample>, IFineTuner<TModel, TextExample, TTuned>> tuner, Func<ClassificationReport, TaskMetric[]> metrics)
        where TModel : class where TTuned : class, ITextClassifier =>
        new TaskRun<TModel, TextExample, TTuned>(name, split, tuner(split), (tuned, test) => metrics(Evaluate.Classification(tuned, test)));

    public static TaskRun<TModel> Pairs<TModel, TTuned>(string name, TaskSplit<PairExample> split, Func<TaskSplit<PairExample>, IFineTuner<TModel, PairExample, TTuned>> tuner, Func<ClassificationReport, TaskMetric[]> metrics)
        where TModel : class where TTuned : class, IPairClassifier =>
        new TaskRun<TModel, PairExample, TTuned>(name, split, tuner(split), (tuned, test) => metrics(Evaluate.Pairs(tuned, test)));

    public static TaskRun<TModel> Scores<TModel, TTuned>(string name, TaskSplit<ScoredPairExample> split, IFineTuner<TModel, ScoredPairExample, TTuned> tuner) where TModel : class where TTuned : class, ISimilarityScorer =>
        new TaskRun<TModel, ScoredPairExample, TTuned>(name, split, tuner, (tuned, test) =>
        {
            SimilarityReport report = Evaluate.Similarity(tuned, test);
            return [new("Pearson", 100 * report.Pearson), new("Spearman", 100 * report.Spearman)];
        });

    public static TaskRun<TModel> Choices<TModel, TTuned>(string name, TaskSplit<ChoiceExample> split, IFineTuner<TModel, ChoiceExample, TTuned> tuner) where TModel : class where TTuned : class, IChoiceSelector =>
        new TaskRun<TModel, ChoiceExample, TTuned>(name, split, tuner, (tuned, test) => [new("accuracy", 100 * Evaluate.Choices(tuned, test).Accuracy)]);

    public static TaskRun<TModel> Tags<TModel, TTuned>(string name, TaskSplit<TaggedExample> split, Func<TaskSplit<TaggedExample>, IFineTuner<TModel, TaggedExample, TTuned>> tuner)
        where TModel : class where TTuned : class, ITagger =>
        new TaskRun<TModel, TaggedExample, TTuned>(name, split, tuner(split), (tuned, test) => [new("F1", 100 * Evaluate.Tagging(tuned, test).Entities!.Overall.F1)]);

    public static TaskRun<TModel> Spans<TModel, TTuned>(string name, TaskSplit<SpanExample> split, IFineTuner<TModel, SpanExample, TTuned> tuner) where TModel : class where TTuned : class, ISpanExtractor =>
        new TaskRun<TModel, SpanExample, TTuned>(name, split, tuner, (tuned, test) =>
        {
            SpanReport report = Evaluate.Spans(tuned, test);
            return [new("EM", 100 * report.ExactMatch), new("F1", 100 * report.F1)];
        });
}

/// <summary>What is told of predicted classes.</summary>
internal static class TaskMetrics
{
    /// <summary>The class of which F1 is told.</summary>
    public const string Positive = "1";

    public static TaskMetric[] Accuracy(ClassificationReport report) => [new("accuracy", 100 * report.Accuracy)];

    public static TaskMetric[] F1AndAccuracy(ClassificationReport report) => [new("F1", 100 * report[Positive].F1), new("accuracy", 100 * report.Accuracy)];

    public static TaskMetric[] Matthews(ClassificationReport report) => [new("Matthews", 100 * report.MatthewsCorrelation)];
}
