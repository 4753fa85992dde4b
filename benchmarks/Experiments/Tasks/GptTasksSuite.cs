using System.CommandLine;
using NlpPretrain.Gpt;
using NlpPretrain.Text;

namespace NlpPretrain.Experiments;

/// <summary>GPT on five tasks.</summary>
internal sealed class GptTasksSuite : TasksSuite<GptModel>
{
    private readonly Option<double> _lambda;
    private readonly Option<string> _mrpcOrders;

    public GptTasksSuite() : base("gpt-tasks", "Fine-tunes a pretrained GPT and random weights of its config for SST-2, RTE, MRPC, STS-B and COPA, and compares", TaskOptions.Tasks, TaskOptions.AllTasks)
    {
        _lambda = Add(OptionOf.Number("--lambda", new GptTuningOptions().LanguageModelWeight, "Weight of the language model's loss"));
        _mrpcOrders = Add(OptionOf.Word("--mrpc-orders", "A pair in both orders, representations added, or in one", "both", "one"));
    }

    protected override GptModel Load(string folder)
    {
        GptModel model = GptModel.Load(folder);
        Console.WriteLine($"{model.Config}");
        return model;
    }

    protected override GptModel CreateRandom(GptModel like, ulong seed) => new(like.Config, seed);

    protected override TaskRun<GptModel> Create(string name, TaskFiles files, string folder, ParseResult options, float dropout, int? maxLength)
    {
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        GptTuningOptions tuning = new() { LanguageModelWeight = options.GetValue(_lambda), ClassifierDropout = dropout, MaxLength = maxLength };
        return name switch
        {
            "sst2" => TaskRuns.Texts(name, files.Sst2(), split => GptTextClassification.FromExamples(tokenizer, split.Training, tuning), TaskMetrics.Accuracy),
            "rte" => TaskRuns.Pairs(name, files.Rte(), split => GptPairClassification.FromExamples(tokenizer, split.Training, tuning), TaskMetrics.Accuracy),
            "mrpc" => TaskRuns.Pairs(name, files.Mrpc(),
                _ => new GptPairClassification(tokenizer, ["0", TaskMetrics.Positive]) { Tuning = tuning, BothOrders = options.GetValue(_mrpcOrders) == "both" }, TaskMetrics.F1AndAccuracy),
            "stsb" => TaskRuns.Scores(name, files.Stsb(), new GptSimilarity(tokenizer) { Tuning = tuning }),
            "copa" => TaskRuns.Choices(name, files.Copa(), new GptMultipleChoice(tokenizer) { Tuning = tuning }),
            _ => throw TaskOptions.Unknown(name, TaskOptions.AllTasks),
        };
    }
}
