using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>A metric's name and its value in percent.</summary>
internal readonly record struct TaskMetric(string Name, double Value);

/// <summary>One task: trains a copy of a model on it and measures that.</summary>
internal abstract class TaskRun(string name)
{
    public string Name => name;

    /// <summary>How many examples there are, and where they come from.</summary>
    public abstract string Description { get; }

    public abstract Task<TaskMetric[]> RunAsync(GptModel pretrained, TrainingOptions options, Action<TrainingProgress> report, CancellationToken cancellationToken);
}

/// <summary>A task from its fine-tuner, its examples and its evaluator.</summary>
internal sealed class TaskRun<TExample, TTuned>(
    string name, TaskSplit<TExample> split, IFineTuner<GptModel, TExample, TTuned> tuner, Func<TTuned, TExample[], TaskMetric[]> measure) : TaskRun(name) where TTuned : class
{
    public override string Description => $"{split.Training.Length} examples to train on, {split.Test.Length} to report";

    public override async Task<TaskMetric[]> RunAsync(GptModel pretrained, TrainingOptions options, Action<TrainingProgress> report, CancellationToken cancellationToken)
    {
        TTuned tuned = tuner.CreateTuned(pretrained, options.Seed);
        await foreach (TrainingProgress at in tuner.FineTuneAsync(tuned, split.Training, options, cancellationToken).ConfigureAwait(false)) report(at);
        return measure(tuned, split.Test);
    }
}

/// <summary>The five tasks.</summary>
internal static class TaskRuns
{
    private const string Paraphrase = "1";

    public static TaskRun Create(string name, TaskFiles files, Tokenizer tokenizer, GptTuningOptions tuning, bool mrpcInBothOrders)
    {
        switch (name)
        {
            case "sst2":
                TaskSplit<TextExample> sst2 = files.Sst2();
                return new TaskRun<TextExample, GptTextClassifier>(name, sst2, GptTextClassification.FromExamples(tokenizer, sst2.Training, tuning),
                    (tuned, test) => [new("accuracy", 100 * Evaluate.Classification(tuned, test).Accuracy)]);
            case "rte":
                TaskSplit<PairExample> rte = files.Rte();
                return new TaskRun<PairExample, GptPairClassifier>(name, rte, GptPairClassification.FromExamples(tokenizer, rte.Training, tuning),
                    (tuned, test) => [new("accuracy", 100 * Evaluate.Pairs(tuned, test).Accuracy)]);
            case "mrpc":
                return new TaskRun<PairExample, GptPairClassifier>(name, files.Mrpc(), new GptPairClassification(tokenizer, ["0", Paraphrase]) { Tuning = tuning, BothOrders = mrpcInBothOrders },
                    (tuned, test) =>
                    {
                        ClassificationReport report = Evaluate.Pairs(tuned, test);
                        return [new("F1", 100 * report[Paraphrase].F1), new("accuracy", 100 * report.Accuracy)];
                    });
            case "stsb":
                return new TaskRun<ScoredPairExample, GptSimilarityScorer>(name, files.Stsb(), new GptSimilarity(tokenizer) { Tuning = tuning },
                    (tuned, test) =>
                    {
                        SimilarityReport report = Evaluate.Similarity(tuned, test);
                        return [new("Pearson", 100 * report.Pearson), new("Spearman", 100 * report.Spearman)];
                    });
            case "copa":
                return new TaskRun<ChoiceExample, GptChoiceSelector>(name, files.Copa(), new GptMultipleChoice(tokenizer) { Tuning = tuning },
                    (tuned, test) => [new("accuracy", 100 * Evaluate.Choices(tuned, test).Accuracy)]);
            default:
                throw TaskOptions.Unknown(name);
        }
    }
}
