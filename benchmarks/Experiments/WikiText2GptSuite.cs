using System.Diagnostics;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>A GPT on WikiText-2, measured by its perplexity a word on validation and test.</summary>
internal static class WikiText2GptSuite
{
    private const int CalibrationSteps = 12, WarmUpSteps = 4;

    public static async Task RunAsync(CommandLine options)
    {
        Lines validation = Lines.Of(options.Data("wikitext2", "valid.txt")), test = Lines.Of(options.Data("wikitext2", "test.txt"));
        if (options.Text("evaluate") is { } saved)
        {
            Evaluate(saved, validation, test, options);
            return;
        }

        Lines training = Lines.Of(options.Data("wikitext2", "train.shuffled-articles.txt"));
        Tokenizer tokenizer = Gpt2Tokenizer.Create(BytePairTrainer.Train(training, new BytePairTrainerOptions { VocabularySize = options.Count("vocabulary", 8_000) }));
        float dropout = (float)(options.Number("dropout") ?? 0.1);
        GptConfig config = new()
        {
            Architecture = options.Text("architecture") == "gpt2" ? GptArchitecture.Gpt2 : GptArchitecture.Gpt1,
            Layers = options.Count("layers", 4),
            Heads = options.Count("heads", 4),
            Width = options.Count("width", 256),
            ContextLength = options.Count("context", 256),
            EmbeddingDropout = dropout,
            AttentionDropout = dropout,
            ResidualDropout = dropout,
        };
        ulong seed = (ulong)options.Count("seed", 1);
        TrainingOptions run = new()
        {
            Seed = seed,
            BatchSize = options.Count("batch", 16),
            LearningRate = options.Number("rate"),
            WeightDecay = options.Number("decay"),
            Workers = options.Workers,
        };

        GptPretrainer pretrainer = new(tokenizer);
        GptModel model = pretrainer.CreateModel(config, seed);
        long parameters = model.Parameters.Sum(parameter => (long)parameter.Shape.Size);
        int steps = options.Number("steps") is { } given ? (int)given : await StepsOfAsync(pretrainer, config, training, run, options.Number("minutes") ?? 30).ConfigureAwait(false);
        Console.WriteLine($"{config}");
        Console.WriteLine($"{parameters} parameters, {tokenizer.Count} tokens, {steps} steps of {run.BatchSize} x {config.ContextLength} tokens");

        TimeSpan elapsed = await PretrainingRun.ShowAsync(pretrainer, model, training, run with
        {
            Steps = steps,
            Evaluation = validation,
            EvaluationInterval = Math.Max(1, steps / options.Count("evaluations", 10)),
        }).ConfigureAwait(false);
        if (options.Text("output") is { } folder)
        {
            model.Save(folder, tokenizer);
            Console.WriteLine($"saved to {Path.GetFullPath(folder)}");
        }

        Report("", pretrainer, model, validation, test, options);
        Figure.Print("wikitext2-gpt/seconds", elapsed.TotalSeconds, "F0", "seconds");
        Figure.Print("wikitext2-gpt/parameters", parameters, "F0", "parameters");
    }

    /// <summary>How many steps fit into some minutes, by the median of a few of a model that is thrown away.</summary>
    private static async Task<int> StepsOfAsync(GptPretrainer pretrainer, GptConfig config, Lines training, TrainingOptions run, double minutes)
    {
        List<double> seconds = [];
        GptModel model = pretrainer.CreateModel(config, seed: 1);
        long start = Stopwatch.GetTimestamp();
        await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, training, run with { Steps = WarmUpSteps + CalibrationSteps }).ConfigureAwait(false))
        {
            if (at.Step > WarmUpSteps) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
        }

        seconds.Sort();
        return Math.Max(1, (int)(60 * minutes / seconds[seconds.Count / 2]));
    }

    /// <summary>A saved model as it is, and with its matrices rounded to bfloat16.</summary>
    private static void Evaluate(string folder, Lines validation, Lines test, CommandLine options)
    {
        GptModel model = GptModel.Load(folder);
        GptPretrainer pretrainer = new(TokenizerFolder.Load(folder));
        Console.WriteLine($"{model.Config}");
        Report("float32-", pretrainer, model, validation, test, options);
        Report("bfloat16-", pretrainer, model.ToBfloat16(), validation, test, options);
    }

    private static void Report(string weights, GptPretrainer pretrainer, GptModel model, Lines validation, Lines test, CommandLine options)
    {
        int stride = options.Count("stride", Math.Max(1, model.Config.ContextLength / 2));
        foreach ((string name, Lines lines) in new[] { ("validation", validation), ("test", test) })
        {
            LanguageModelReport report = pretrainer.Evaluate(model, lines, stride, options.Workers);
            Console.WriteLine($"{name}: {report.Tokens} tokens, {report.Words} words");
            Figure.Print($"wikitext2-gpt/{weights}{name}-token-perplexity", report.PerplexityPerToken, "F3", "perplexity");
            Figure.Print($"wikitext2-gpt/{weights}{name}-word-perplexity", report.PerplexityPerWord, "F3", "perplexity");
        }
    }
}
