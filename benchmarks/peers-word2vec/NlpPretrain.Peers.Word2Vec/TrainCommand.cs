using System.Diagnostics;
using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Peers;

internal static class TrainCommand
{
    public static async Task RunAsync(CommandLine line)
    {
        LineCorpus corpus = new(line.Text("input"));
        int workers = line.Number("workers", 1);
        TrainingOptions options = new()
        {
            Epochs = line.Number("epochs", 1),
            Workers = workers,
            Seed = (ulong)line.Number("seed", 1),
            LearningRate = 0.025,
        };
        Word2VecConfig config = new()
        {
            Architecture = line.Choice("architecture", ("skip-gram", Word2VecArchitecture.SkipGram), ("cbow", Word2VecArchitecture.Cbow)),
            Objective = line.Choice("objective", ("ns", Word2VecObjective.NegativeSampling), ("hs", Word2VecObjective.HierarchicalSoftmax)),
            Dimensions = line.Number("dimensions", 100),
            Window = 5,
            NegativeSamples = 5,
            NoiseSharing = line.Choice("noise", ("window", NoiseSharing.Window), ("pair", NoiseSharing.Pair)),
            Subsampling = 1e-3,
        };

        (WordVocabulary vocabulary, double vocabularySeconds) = corpus.BuildVocabulary(workers);
        Word2VecPretrainer pretrainer = new(vocabulary, corpus.Tokenizer)
        {
            Updates = line.Choice("mode", ("fast", Word2VecUpdates.LockFree), ("reproducible", Word2VecUpdates.Reproducible)),
        };
        Word2VecModel model = pretrainer.CreateModel(config, options.Seed);

        long start = Stopwatch.GetTimestamp();
        TrainingProgress last = default;
        await foreach (TrainingProgress progress in pretrainer.PretrainAsync(model, corpus.Text, options).ConfigureAwait(false)) last = progress;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long peak = RunReport.PeakResidentBytes();

        if (last.Tokens != vocabulary.TotalWords * options.Epochs)
            throw new CorpusException($"Training read {last.Tokens} words in {options.Epochs} epochs; the corpus has {vocabulary.TotalWords} of the vocabulary.");
        if (line.OptionalText("output") is { } output) model.ToWordVectors().WriteText(output);
        new RunReport(corpus.CountWords(), vocabulary.Count, vocabularySeconds, peak) { Epochs = options.Epochs.Value, TrainingSeconds = seconds, Loss = last.Loss }.Print();
    }
}
