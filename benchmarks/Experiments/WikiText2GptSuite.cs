using System.CommandLine;
using NlpPretrain.Experiments.Elmo;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>A GPT on WikiText-2, measured by its perplexity a word on validation and test, or on Chinese texts, by that of a token.</summary>
internal sealed class WikiText2GptSuite : Suite
{
    private readonly Option<int> _vocabulary, _layers, _heads, _width, _context, _batch, _seed, _evaluations;
    private readonly Option<int?> _steps, _stride;
    private readonly Option<double> _dropout, _minutes;
    private readonly Option<double?> _rate, _decay, _deviation;
    private readonly Option<string> _language, _architecture, _output;
    private readonly Option<DirectoryInfo> _evaluate;

    public WikiText2GptSuite() : base("wikitext2-gpt", "A GPT on WikiText-2, or on Chinese texts, with a byte-level BPE that is trained here")
    {
        _language = Add(OptionOf.Word("--language", "English: WikiText-2; Chinese: zh-corpora and zh-reviews", "en", "zh"));
        _vocabulary = Add(OptionOf.Count("--vocabulary", 8_000, "Tokens of the vocabulary"));
        _architecture = Add(OptionOf.Word("--architecture", "The norms behind the sub-layers or before them", "gpt1", "gpt2"));
        _layers = Add(OptionOf.Count("--layers", 4, "Blocks"));
        _heads = Add(OptionOf.Count("--heads", 4, "Heads of a block"));
        _width = Add(OptionOf.Count("--width", 256, "Width of the embeddings"));
        _context = Add(OptionOf.Count("--context", 256, "Tokens of a window"));
        _batch = Add(OptionOf.Count("--batch", 16, "Windows of a step"));
        _dropout = Add(OptionOf.Number("--dropout", 0.1, "The three dropouts", maximum: 1));
        _rate = Add(OptionOf.NumberOrNone("--rate", "Highest learning rate; the family's where it is absent"));
        _decay = Add(OptionOf.NumberOrNone("--decay", "Weight decay; the family's where it is absent"));
        _deviation = Add(OptionOf.NumberOrNone("--deviation", "Standard deviation of the first weights; the family's where it is absent"));
        _minutes = Add(OptionOf.Number("--minutes", 30, "How long to train; the steps that fit in are found by a few of a model that is thrown away"));
        _steps = Add(OptionOf.CountOrNone("--steps", "Steps, in place of --minutes"));
        _seed = Add(OptionOf.Count("--seed", 1, "Seed of the weights and the order of the windows", minimum: 0));
        _evaluations = Add(OptionOf.Count("--evaluations", 10, "How often the validation text is measured meanwhile"));
        _stride = Add(OptionOf.CountOrNone("--stride", "Tokens between two windows of the reported perplexities; half the context where it is absent"));
        _output = Add(OptionOf.Folder("--output", "Where to save the model; nowhere where it is absent"));
        _evaluate = Add(OptionOf.ExistingFolder("--evaluate", "No training; the perplexities of a saved model, as float32 and with its matrices rounded to bfloat16"));
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        (ICorpus training, ICorpus validation, ICorpus test) = TextsOf(options);
        if (options.GetValue(_evaluate) is { } saved)
        {
            Evaluate(saved.FullName, validation, test, options, cancellationToken);
            return 0;
        }

        Tokenizer tokenizer = Gpt2Tokenizer.Create(BytePairTrainer.Train(training, new BytePairTrainerOptions { VocabularySize = options.GetValue(_vocabulary) }, cancellationToken: cancellationToken));
        float dropout = (float)options.GetValue(_dropout);
        GptConfig config = new()
        {
            Architecture = options.GetValue(_architecture) == "gpt2" ? GptArchitecture.Gpt2 : GptArchitecture.Gpt1,
            Layers = options.GetValue(_layers),
            Heads = options.GetValue(_heads),
            Width = options.GetValue(_width),
            ContextLength = options.GetValue(_context),
            EmbeddingDropout = dropout,
            AttentionDropout = dropout,
            ResidualDropout = dropout,
        };
        if (options.GetValue(_deviation) is { } deviation) config = config with { InitialDeviation = deviation };
        ulong seed = (ulong)options.GetValue(_seed);
        TrainingOptions run = new()
        {
            Seed = seed,
            BatchSize = options.GetValue(_batch),
            LearningRate = options.GetValue(_rate),
            WeightDecay = options.GetValue(_decay),
            Workers = options.Workers,
        };

        GptPretrainer pretrainer = new(tokenizer);
        GptModel model = pretrainer.CreateModel(config, seed);
        long parameters = model.Parameters.Sum(parameter => (long)parameter.Shape.Size);
        int steps = options.GetValue(_steps) ?? await PretrainingRun.StepsOfAsync(pretrainer, config, training, run, options.GetValue(_minutes), cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"{config}");
        Console.WriteLine($"{parameters} parameters, {tokenizer.Count} tokens, {steps} steps of {run.BatchSize} x {config.ContextLength} tokens");

        TimeSpan elapsed = await PretrainingRun.ShowAsync(pretrainer, model, training, run with
        {
            Steps = steps,
            Evaluation = validation,
            EvaluationInterval = Math.Max(1, steps / options.GetValue(_evaluations)),
        }, cancellationToken).ConfigureAwait(false);
        if (options.GetValue(_output) is { } folder)
        {
            model.Save(folder, tokenizer);
            Console.WriteLine($"saved to {Path.GetFullPath(folder)}");
        }

        Report("", pretrainer, model, validation, test, options, cancellationToken);
        Figure.Print("wikitext2-gpt/seconds", elapsed.TotalSeconds, "F0", "seconds");
        Figure.Print("wikitext2-gpt/parameters", parameters, "F0", "parameters");
        return 0;
    }

    private (ICorpus Training, ICorpus Validation, ICorpus Test) TextsOf(ParseResult options)
    {
        if (options.GetValue(_language) == "en") return (Read("train.shuffled-articles.txt"), Read("valid.txt"), Read("test.txt"));

        ElmoTexts chinese = ElmoTexts.Chinese(options, ofCharacters: true);
        return (chinese.Training, chinese.Validation, chinese.Test);

        Lines Read(string file) => Lines.Of(options.Data("wikitext2", file));
    }

    /// <summary>A saved model as it is, and with its matrices rounded to bfloat16.</summary>
    private void Evaluate(string folder, ICorpus validation, ICorpus test, ParseResult options, CancellationToken cancellationToken)
    {
        GptModel model = GptModel.Load(folder);
        GptPretrainer pretrainer = new(TokenizerFolder.Load(folder));
        Console.WriteLine($"{model.Config}");
        Report("float32-", pretrainer, model, validation, test, options, cancellationToken);
        Report("bfloat16-", pretrainer, model.ToBfloat16(), validation, test, options, cancellationToken);
    }

    private void Report(string weights, GptPretrainer pretrainer, GptModel model, ICorpus validation, ICorpus test, ParseResult options, CancellationToken cancellationToken)
    {
        int stride = options.GetValue(_stride) ?? Math.Max(1, model.Config.ContextLength / 2);
        foreach ((string name, ICorpus texts) in new[] { ("validation", validation), ("test", test) })
        {
            LanguageModelReport report = pretrainer.Evaluate(model, texts, stride, options.Workers, cancellationToken);
            Console.WriteLine($"{name}: {report.Tokens} tokens, {report.Words} words");
            Figure.Print($"wikitext2-gpt/{weights}{name}-token-perplexity", report.PerplexityPerToken, "F3", "perplexity");
            if (options.GetValue(_language) == "en") Figure.Print($"wikitext2-gpt/{weights}{name}-word-perplexity", report.PerplexityPerWord, "F3", "perplexity");
        }
    }
}
