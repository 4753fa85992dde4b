using System.CommandLine;
using NlpPretrain.Elmo;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments.Elmo;

/// <summary>An ELMo on WikiText-2 or on Chinese texts, measured by both directions' perplexities a word on validation and test.</summary>
internal sealed class WikiText2ElmoSuite : Suite
{
    private readonly Option<string> _language, _tokens, _input, _optimizer, _output;
    private readonly Option<int> _leastCount, _layers, _cells, _projection, _batch, _unroll, _seed, _evaluations;
    private readonly Option<int?> _steps, _sampled;
    private readonly Option<double> _dropout, _minutes, _restarts;
    private readonly Option<double?> _rate, _clipping;

    public WikiText2ElmoSuite() : base("wikitext2-elmo", "An ELMo on WikiText-2, word by word with the full softmax, or on Chinese texts")
    {
        _language = Add(OptionOf.Word("--language", "English: WikiText-2; Chinese: zh-corpora and zh-reviews", "en", "zh"));
        _tokens = Add(OptionOf.Word("--tokens", "What a Chinese token is: a word of jieba's dictionary, or a character", "words", "characters"));
        _input = Add(OptionOf.Word("--input", "How a token is read: as an id, or by the bytes of its characters with 512 filters", "ids", "bytes"));
        _leastCount = Add(OptionOf.Count("--least-count", 1, "Occurrences of a word of the vocabulary"));
        _layers = Add(OptionOf.Count("--layers", 2, "LSTMs of a direction"));
        _cells = Add(OptionOf.Count("--cells", 512, "Cells of an LSTM"));
        _projection = Add(OptionOf.Count("--projection", 128, "What the cells are projected to, and the size of a token's vector"));
        _batch = Add(OptionOf.Count("--batch", 32, "Streams of text side by side"));
        _unroll = Add(OptionOf.Count("--unroll", 20, "Steps of a batch"));
        _sampled = Add(OptionOf.CountOrNone("--sampled", "Words of a sampled softmax; the full softmax where it is absent"));
        _dropout = Add(OptionOf.Number("--dropout", 0.1, "Dropout", maximum: 1));
        _restarts = Add(OptionOf.Number("--restarts", 0.05, "Probability that a stream begins a batch with states of zeros; bilm-tf's is 0", maximum: 1));
        _optimizer = Add(OptionOf.Word("--optimizer", "Adam, or Adagrad as bilm-tf has it", "adam", "adagrad"));
        _rate = Add(OptionOf.NumberOrNone("--rate", "Highest learning rate; the family's where it is absent"));
        _clipping = Add(OptionOf.NumberOrNone("--clipping", "Largest norm of a gradient; the family's where it is absent"));
        _minutes = Add(OptionOf.Number("--minutes", 50, "How long to train; the steps that fit in are found by a few of a model that is thrown away"));
        _steps = Add(OptionOf.CountOrNone("--steps", "Steps, in place of --minutes"));
        _seed = Add(OptionOf.Count("--seed", 1, "Seed of the weights and of where the streams begin", minimum: 0));
        _evaluations = Add(OptionOf.Count("--evaluations", 10, "How often the validation text is measured meanwhile"));
        _output = Add(OptionOf.Folder("--output", "Where to save the model; nowhere where it is absent"));
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        ElmoTexts texts = options.GetValue(_language) == "en" ? ElmoTexts.English(options) : ElmoTexts.Chinese(options, options.GetValue(_tokens) == "characters");
        ElmoVocabulary vocabulary = ElmoVocabulary.Create(WordVocabulary.Build(texts.Training, texts.Tokenizer, new() { MinCount = options.GetValue(_leastCount) }, options.Workers, cancellationToken));
        ElmoPretrainer pretrainer = new(vocabulary, texts.Tokenizer) { UnrollSteps = options.GetValue(_unroll), SampledWords = options.GetValue(_sampled), RestartProbability = options.GetValue(_restarts) };
        ElmoConfig config = new()
        {
            Characters = options.GetValue(_input) == "ids" ? null : new() { Filters = [(1, 32), (2, 32), (3, 64), (4, 128), (5, 256)], Highways = 1 },
            Layers = options.GetValue(_layers),
            Cells = options.GetValue(_cells),
            Projection = options.GetValue(_projection),
            Dropout = (float)options.GetValue(_dropout),
        };
        ulong seed = (ulong)options.GetValue(_seed);
        TrainingOptions run = new()
        {
            Seed = seed,
            BatchSize = options.GetValue(_batch),
            LearningRate = options.GetValue(_rate) ?? (options.GetValue(_optimizer) == "adagrad" ? 0.2 : null),
            GradientClipping = options.GetValue(_clipping),
            Optimizer = options.GetValue(_optimizer) == "adagrad" ? OptimizerKind.Adagrad : null,
            Workers = options.Workers,
        };

        ElmoLanguageModel model = pretrainer.CreateModel(config, seed);
        long parameters = model.Parameters.Sum(parameter => (long)parameter.Shape.Size);
        int steps = options.GetValue(_steps) ?? await PretrainingRun.StepsOfAsync(pretrainer, config, texts.Training, run, options.GetValue(_minutes), cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"{model.Model.Config}");
        Console.WriteLine($"{parameters} parameters, {vocabulary.Count} words, {steps} steps of {run.BatchSize} x {pretrainer.UnrollSteps} words in both directions");
        TimeSpan elapsed = await PretrainingRun.ShowAsync(pretrainer, model, texts.Training, run with
        {
            Steps = steps,
            Evaluation = texts.Validation,
            EvaluationInterval = Math.Max(1, steps / options.GetValue(_evaluations)),
        }, cancellationToken).ConfigureAwait(false);
        if (options.GetValue(_output) is { } folder)
        {
            model.Save(folder, vocabulary);
            Console.WriteLine($"saved to {Path.GetFullPath(folder)}");
        }

        string prefix = $"elmo-{texts.Language}";
        foreach ((string name, ICorpus corpus) in new[] { ("validation", texts.Validation), ("test", texts.Test) })
        {
            ElmoEvaluation evaluation = pretrainer.Evaluate(model, corpus, options.Workers, cancellationToken);
            long words = texts.WordsOf(corpus, evaluation.Forward.Words);
            Console.WriteLine($"{name}: {words} words");
            Figure.Print($"{prefix}/{name}-forward-word-perplexity", Math.Exp(evaluation.Forward.Nats / words), "F2", "perplexity");
            Figure.Print($"{prefix}/{name}-backward-word-perplexity", Math.Exp(evaluation.Backward.Nats / words), "F2", "perplexity");
        }

        Figure.Print($"{prefix}/seconds", elapsed.TotalSeconds, "F0", "seconds");
        Figure.Print($"{prefix}/parameters", parameters, "F0", "parameters");
        return 0;
    }
}
