using System.CommandLine;
using NlpPretrain.Elmo;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments;

/// <summary>ELMo on the tasks that it has heads for, English and Chinese.</summary>
internal sealed class ElmoTasksSuite : TasksSuite<ElmoModel>
{
    private const int Epochs = 10;

    private static readonly string[] AllTasks = ["sst2", "cola", "rte", "mrpc", "stsb", "wnut17", "xquad", "chnsenticorp", "xquad-zh"];

    private readonly Option<string> _tokenizer;
    private readonly Option<double> _vectorDropout, _penalty, _modelRate;
    private readonly Option<int> _cells;

    public ElmoTasksSuite() : base("elmo-tasks", "Fine-tunes a pretrained ELMo and random weights of its config for SST-2, CoLA, RTE, MRPC, STS-B, WNUT-17, ChnSentiCorp and XQuAD, and compares",
        OptionOf.Words("--tasks", "The tasks", AllTasks), AllTasks, Epochs)
    {
        ElmoTuningOptions family = new();
        _tokenizer = Add(OptionOf.Word("--tokenizer", "How the model's text was cut: by spaces, as WikiText-2 is, to words, each Chinese character one, or to those of jieba's dictionary; answers are of words, not of spaces", "spaces", "words", "jieba"));
        _vectorDropout = Add(OptionOf.Number("--vector-dropout", family.VectorDropout, "Dropout of the mixed vectors", maximum: 1));
        _penalty = Add(OptionOf.Number("--mix-penalty", family.MixPenalty, "Weight of the mix's squared weights in the loss"));
        _modelRate = Add(OptionOf.Number("--model-rate", family.ModelRate, "The language model's learning rate relative to the head's; 0: it stays as it is"));
        _cells = Add(OptionOf.Count("--cells", family.HeadCells, "Cells of the head's LSTM in each direction"));
    }

    protected override ElmoModel Load(string folder)
    {
        ElmoModel model = ElmoModel.Load(folder);
        Console.WriteLine($"{model.Config}");
        return model;
    }

    protected override ElmoModel CreateRandom(ElmoModel like, ulong seed) => new(like.Config, seed);

    protected override TaskRun<ElmoModel> Create(string name, TaskFiles files, string folder, ParseResult options, float dropout, int? maxLength)
    {
        ElmoTuningOptions tuning = new()
        {
            ClassifierDropout = dropout,
            VectorDropout = (float)options.GetValue(_vectorDropout),
            MixPenalty = options.GetValue(_penalty),
            ModelRate = options.GetValue(_modelRate),
            HeadCells = options.GetValue(_cells),
        };
        if (maxLength is { } most) tuning = tuning with { MaxLength = most };
        ElmoVocabulary? vocabulary = File.Exists(Path.Combine(folder, ElmoVocabulary.FileName)) ? ElmoVocabulary.Load(folder) : null;
        IWordTokenizer words = new WordTokenizer(new() { LowerCase = false }), tokenizer = options.GetValue(_tokenizer) switch
        {
            "spaces" => new WhitespaceTokenizer(),
            "words" => new WordTokenizer(),
            _ => new ChineseTokenizer(ChineseSegmenter.Load(options.Data("zh-dict", "jieba-dict.txt"))),
        };
        return name switch
        {
            "sst2" => Texts(files.Sst2()),
            "cola" => TaskRuns.Texts(name, files.Cola(), split => ElmoTextClassification.FromExamples(vocabulary, tokenizer, split.Training, tuning), TaskMetrics.Matthews),
            "chnsenticorp" => Texts(files.ChnSentiCorp()),
            "rte" => TaskRuns.Pairs(name, files.Rte(), split => ElmoPairClassification.FromExamples(vocabulary, tokenizer, split.Training, tuning), TaskMetrics.Accuracy),
            "mrpc" => TaskRuns.Pairs(name, files.Mrpc(), _ => new ElmoPairClassification(vocabulary, tokenizer, ["0", TaskMetrics.Positive]) { Tuning = tuning }, TaskMetrics.F1AndAccuracy),
            "stsb" => TaskRuns.Scores(name, files.Stsb(), new ElmoSimilarity(vocabulary, tokenizer) { Tuning = tuning }),
            "wnut17" => TaskRuns.Tags(name, files.Wnut17(), split => ElmoTagging.FromExamples(vocabulary, tokenizer, split.Training, tuning)),
            "xquad" => Spans(files.Xquad("en")),
            "xquad-zh" => Spans(files.Xquad("zh")),
            _ => throw TaskOptions.Unknown(name, AllTasks),
        };

        TaskRun<ElmoModel> Texts(TaskSplit<TextExample> examples) => TaskRuns.Texts(name, examples, split => ElmoTextClassification.FromExamples(vocabulary, tokenizer, split.Training, tuning), TaskMetrics.Accuracy);

        TaskRun<ElmoModel> Spans(TaskSplit<SpanExample> examples) => TaskRuns.Spans(name, examples, new ElmoSpanExtraction(vocabulary, tokenizer is WhitespaceTokenizer ? words : tokenizer) { Tuning = tuning });
    }
}
