using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>A family in the comparison: a classifier from its pretrained model, and one from random weights of the same config, tuned and measured alike.</summary>
internal sealed record Contestant(string Name, Func<NamespaceTask, CancellationToken, Task<double>> FromRandom, Func<NamespaceTask, CancellationToken, Task<double>> FromPretrained)
{
    public static Contestant Create<TModel, TTuned>(string name, IFineTuner<TModel, TextExample, TTuned> tuner, TModel pretrained, TModel random, TrainingOptions options)
        where TModel : class where TTuned : class, ITextClassifier
    {
        return new(name, (task, stop) => RunAsync(random, task, stop), (task, stop) => RunAsync(pretrained, task, stop));

        async Task<double> RunAsync(TModel from, NamespaceTask task, CancellationToken stop)
        {
            TTuned tuned = tuner.CreateTuned(from, seed: 1);
            await tuner.FineTuneAsync(tuned, task.Training, options with { Workers = 1 }, stop).RunAsync(cancellationToken: stop);
            return Evaluate.Classification(tuned, task.Test, stop).Accuracy;
        }
    }
}
