using System.CommandLine;
using NlpPretrain.Bert;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments;

/// <summary>BERT on the tasks of its paper's kinds, English and Chinese.</summary>
internal sealed class BertTasksSuite : TasksSuite<BertModel>
{
    private static readonly string[] AllTasks = ["sst2", "cola", "rte", "mrpc", "stsb", "copa", "wnut17", "xquad", "chnsenticorp", "xquad-zh"];

    private readonly Option<double> _layerDecay;
    private readonly Option<int> _stride;

    public BertTasksSuite() : base("bert-tasks", "Fine-tunes a pretrained BERT and random weights of its config for SST-2, CoLA, RTE, MRPC, STS-B, COPA, WNUT-17, ChnSentiCorp and XQuAD, and compares",
        OptionOf.Words("--tasks", "The tasks", AllTasks), AllTasks)
    {
        _layerDecay = Add(OptionOf.Number("--layer-decay", 1, "Each layer's learning rate relative to that of the layer above", maximum: 1));
        _stride = Add(OptionOf.Count("--stride", new BertSpanOptions().DocumentStride, "Tokens between the starts of the parts of a passage"));
    }

    protected override BertModel Load(string folder)
    {
        BertModel model = BertModel.Load(folder);
        Console.WriteLine($"{model.Config}");
        return model;
    }

    protected override BertModel CreateRandom(BertModel like, ulong seed) => new(like.Config, seed);

    protected override TaskRun<BertModel> Create(string name, TaskFiles files, string folder, ParseResult options, float dropout, int? maxLength)
    {
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        BertTuningOptions tuning = new() { ClassifierDropout = dropout, MaxLength = maxLength, LayerDecay = options.GetValue(_layerDecay) };
        return name switch
        {
            "sst2" => Texts(files.Sst2()),
            "cola" => TaskRuns.Texts(name, files.Cola(), split => BertTextClassification.FromExamples(tokenizer, split.Training, tuning), TaskMetrics.Matthews),
            "chnsenticorp" => Texts(files.ChnSentiCorp()),
            "rte" => TaskRuns.Pairs(name, files.Rte(), split => BertPairClassification.FromExamples(tokenizer, split.Training, tuning), TaskMetrics.Accuracy),
            "mrpc" => TaskRuns.Pairs(name, files.Mrpc(), _ => new BertPairClassification(tokenizer, ["0", TaskMetrics.Positive]) { Tuning = tuning }, TaskMetrics.F1AndAccuracy),
            "stsb" => TaskRuns.Scores(name, files.Stsb(), new BertSimilarity(tokenizer) { Tuning = tuning }),
            "copa" => TaskRuns.Choices(name, files.Copa(), new BertMultipleChoice(tokenizer) { Tuning = tuning }),
            "wnut17" => TaskRuns.Tags(name, files.Wnut17(), split => BertTagging.FromExamples(tokenizer, split.Training, tuning)),
            "xquad" => Spans(files.Xquad("en")),
            "xquad-zh" => Spans(files.Xquad("zh")),
            _ => throw TaskOptions.Unknown(name, AllTasks),
        };

        TaskRun<BertModel> Texts(TaskSplit<TextExample> examples) => TaskRuns.Texts(name, examples, split => BertTextClassification.FromExamples(tokenizer, split.Training, tuning), TaskMetrics.Accuracy);

        TaskRun<BertModel> Spans(TaskSplit<SpanExample> examples) => TaskRuns.Spans(name, examples, new BertSpanExtraction(tokenizer) { Tuning = tuning, Spans = new() { DocumentStride = options.GetValue(_stride) } });
    }
}
