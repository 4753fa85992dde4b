using System.CommandLine;
using NlpPretrain.Bert;
using NlpPretrain.Experiments.Baselines;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments.Bert;

/// <summary>A BERT on WikiText-2 or on Chinese texts, measured by the masked words and next sentences that it tells in held-out documents, beside counts of neighbours.</summary>
internal sealed class BertSuite : Suite
{
    private static readonly double[] Trusts = [0.6, 0.8, 0.95];

    private readonly Option<string> _language, _masks, _optimizer, _output;
    private readonly Option<int> _vocabulary, _layers, _heads, _width, _length, _batch, _duplicates, _seed, _evaluations;
    private readonly Option<int?> _steps;
    private readonly Option<double> _dropout, _minutes;
    private readonly Option<double?> _rate, _decay, _deviation;

    public BertSuite() : base("wikitext2-bert", "A BERT on WikiText-2, or on Chinese texts, with word pieces that are trained here")
    {
        _language = Add(OptionOf.Word("--language", "English: WikiText-2; Chinese: zh-corpora and zh-reviews", "en", "zh"));
        _vocabulary = Add(OptionOf.Count("--vocabulary", 8_000, "Tokens of the vocabulary"));
        _layers = Add(OptionOf.Count("--layers", 4, "Blocks"));
        _heads = Add(OptionOf.Count("--heads", 4, "Heads of a block"));
        _width = Add(OptionOf.Count("--width", 256, "Width of the embeddings"));
        _length = Add(OptionOf.Count("--length", 128, "Tokens of a sequence at most", minimum: 5));
        _batch = Add(OptionOf.Count("--batch", 32, "Sequences of a step"));
        _masks = Add(OptionOf.Word("--masks", "What is masked together: nothing, or the pieces of a word, in Chinese the characters of a word of jieba's dictionary", "tokens", "words"));
        _duplicates = Add(OptionOf.Count("--duplicates", 10, "How often a document is cut to sequences"));
        _dropout = Add(OptionOf.Number("--dropout", 0.1, "Both dropouts", maximum: 1));
        _deviation = Add(OptionOf.NumberOrNone("--deviation", "Standard deviation of the first weights; the family's where it is absent"));
        _optimizer = Add(OptionOf.Word("--optimizer", "Adam as the original's, without bias correction, or with it", "bert-adam", "adamw"));
        _rate = Add(OptionOf.NumberOrNone("--rate", "Highest learning rate; the family's where it is absent"));
        _decay = Add(OptionOf.NumberOrNone("--decay", "Weight decay; the family's where it is absent"));
        _minutes = Add(OptionOf.Number("--minutes", 30, "How long to train; the steps that fit in are found by a few of a model that is thrown away"));
        _steps = Add(OptionOf.CountOrNone("--steps", "Steps, in place of --minutes"));
        _seed = Add(OptionOf.Count("--seed", 1, "Seed of the weights, the sequences and their masks", minimum: 0));
        _evaluations = Add(OptionOf.Count("--evaluations", 10, "How often the validation documents are measured meanwhile"));
        _output = Add(OptionOf.Folder("--output", "Where to save the model; nowhere where it is absent"));
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        bool isChinese = options.GetValue(_language) == "zh", wholeWords = options.GetValue(_masks) == "words";
        BertTexts texts = isChinese ? BertTexts.Chinese(options) : BertTexts.English(options);
        Tokenizer tokenizer = BertTokenizer.Create(WordPieceTrainer.Train(texts.Training, new() { VocabularySize = options.GetValue(_vocabulary) }, cancellationToken: cancellationToken));
        BertPretrainer pretrainer = new(tokenizer)
        {
            Data = new()
            {
                SequenceLength = options.GetValue(_length),
                DuplicateFactor = options.GetValue(_duplicates),
                WholeWords = wholeWords,
                ChineseWords = wholeWords && isChinese ? ChineseSegmenter.Load(options.Data("zh-dict", "jieba-dict.txt")) : null,
            },
        };
        float dropout = (float)options.GetValue(_dropout);
        BertConfig config = new()
        {
            Layers = options.GetValue(_layers),
            Heads = options.GetValue(_heads),
            Width = options.GetValue(_width),
            ContextLength = Math.Max(128, options.GetValue(_length)),
            Dropout = dropout,
            AttentionDropout = dropout,
        };
        if (options.GetValue(_deviation) is { } deviation) config = config with { InitialDeviation = deviation };
        ulong seed = (ulong)options.GetValue(_seed);
        TrainingOptions run = new()
        {
            Seed = seed,
            BatchSize = options.GetValue(_batch),
            LearningRate = options.GetValue(_rate),
            WeightDecay = options.GetValue(_decay),
            Optimizer = options.GetValue(_optimizer) == "adamw" ? OptimizerKind.AdamW : null,
            Workers = options.Workers,
        };

        BertPretrainingModel model = pretrainer.CreateModel(config, seed);
        long parameters = model.Parameters.Sum(parameter => (long)parameter.Shape.Size);
        int steps = options.GetValue(_steps) ?? await PretrainingRun.StepsOfAsync(pretrainer, config, texts.Training, run, options.GetValue(_minutes), cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"{model.Model.Config}");
        Console.WriteLine($"{parameters} parameters, {steps} steps of {run.BatchSize} sequences");
        TimeSpan elapsed = await PretrainingRun.ShowAsync(pretrainer, model, texts.Training, run with
        {
            Steps = steps,
            Evaluation = texts.Validation,
            EvaluationInterval = Math.Max(1, steps / options.GetValue(_evaluations)),
        }, cancellationToken).ConfigureAwait(false);
        if (options.GetValue(_output) is { } folder)
        {
            model.Save(folder, tokenizer);
            Console.WriteLine($"saved to {Path.GetFullPath(folder)}");
        }

        Report(pretrainer, model, tokenizer, texts, run.Workers, cancellationToken);
        Figure.Print($"bert-{texts.Language}/seconds", elapsed.TotalSeconds, "F0", "seconds");
        Figure.Print($"bert-{texts.Language}/parameters", parameters, "F0", "parameters");
        return 0;
    }

    /// <summary>The model and the counts tell the same masked places.</summary>
    private static void Report(BertPretrainer pretrainer, BertPretrainingModel model, Tokenizer tokenizer, BertTexts texts, int workers, CancellationToken cancellationToken)
    {
        using BertPretrainingData training = Create(texts.Training), validation = Create(texts.Validation), test = Create(texts.Test);
        NeighbourCounts counts = new(training, tokenizer.Count, tokenizer.SpecialIds["[MASK]"]);
        double trust = Trusts.MaxBy(trust => counts.BigramAccuracy(validation, trust));
        foreach ((string name, ICorpus corpus, BertPretrainingData data) in new[] { ("validation", texts.Validation, validation), ("test", texts.Test, test) })
        {
            BertPretrainingReport report = pretrainer.Evaluate(model, corpus, workers: workers, cancellationToken: cancellationToken);
            string prefix = $"bert-{texts.Language}/{name}";
            Console.WriteLine($"{name}: {report.Masked.Count} masked tokens, {report.NextSentence.Count} sequences; the neighbours are trusted {trust}");
            Figure.Print($"{prefix}-masked-loss", report.MaskedLoss, "F4", "nats");
            Figure.Print($"{prefix}-masked-accuracy", 100 * report.MaskedAccuracy, "F2", "%");
            Figure.Print($"{prefix}-masked-accuracy-unigram", 100 * counts.UnigramAccuracy(data), "F2", "%");
            Figure.Print($"{prefix}-masked-accuracy-bigram", 100 * counts.BigramAccuracy(data, trust), "F2", "%");
            Figure.Print($"{prefix}-next-sentence-loss", report.NextSentenceLoss, "F4", "nats");
            Figure.Print($"{prefix}-next-sentence-accuracy", 100 * report.NextSentenceAccuracy, "F2", "%");
            Figure.Print($"{prefix}-next-sentence-true", 100.0 * Enumerable.Range(0, data.Count).Count(i => data.Read(i).IsNext) / data.Count, "F2", "%");
        }

        BertPretrainingData Create(ICorpus corpus) => BertPretrainingData.Create(corpus, tokenizer, pretrainer.Data with { DuplicateFactor = 1 }, workers: workers, cancellationToken: cancellationToken);
    }
}
