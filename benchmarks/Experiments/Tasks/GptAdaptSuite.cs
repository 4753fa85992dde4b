using System.CommandLine;
using NlpPretrain.Gpt;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>Goes on with the pretraining of a model: first on copies of random words, then on the tasks' own texts and sentences of WikiText-2, some with a copy. No dropout.</summary>
/// <remarks>Source: Gururangan et al. 2020, "Don't Stop Pretraining", section 4, task-adaptive pretraining; for the copies, see <see cref="CopiedTexts"/>.</remarks>
internal sealed class GptAdaptSuite : Suite
{
    private const int FewestWords = 6, MostWords = 60, FewestCopied = 3, MostCopied = 10, CopyWindow = 32, TokensOfStep = 2048;
    private const double CopyRate = 2e-3;

    private readonly Option<DirectoryInfo> _model;
    private readonly Option<string> _output;
    private readonly Option<int> _copySteps, _steps, _sentences, _seed;
    private readonly Option<double> _copies, _rate, _decay;

    public GptAdaptSuite() : base("gpt-adapt", "Goes on with a pretrained model, on copies and on the texts of the tasks' training examples, without their labels, for gpt-tasks to start from")
    {
        _model = Add(OptionOf.ExistingFolder("--model", "The pretrained model", isRequired: true));
        _output = Add(OptionOf.Folder("--output", "Where to save the model", isRequired: true));
        Add(TaskOptions.Tasks);
        _copySteps = Add(OptionOf.Count("--copy-steps", 600, "Steps on copies of random words, before the texts", minimum: 0));
        _steps = Add(OptionOf.Count("--steps", 1_200, "Steps on the texts, of 2,048 tokens as all", minimum: 0));
        _sentences = Add(OptionOf.Count("--sentences", 20_000, "How many sentences of WikiText-2 are read beside the texts", minimum: 0));
        _copies = Add(OptionOf.Number("--copies", 0.3, "The part of the texts that have a copy", maximum: 1));
        _rate = Add(OptionOf.Number("--rate", 1e-3, "Highest learning rate on the texts"));
        _decay = Add(OptionOf.Number("--decay", 0.1, "Weight decay"));
        _seed = Add(OptionOf.Count("--seed", 1, "Seed of the texts' order, the copies and the run", minimum: 0));
        Add(TaskOptions.Form);
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        string folder = options.GetValue(_model)!.FullName, output = options.GetValue(_output)!, wikitext = options.Data("wikitext2", "train.shuffled-articles.txt");
        GptModel saved = GptModel.Load(folder);
        Tokenizer tokenizer = TokenizerFolder.Load(folder);
        int seed = options.GetValue(_seed), copySteps = options.GetValue(_copySteps), steps = options.GetValue(_steps);
        string[] tasks = options.GetRequiredValue(TaskOptions.Tasks);
        Random random = new(seed);
        CopiedTexts copied = new(seed);
        TrainingOptions run = new() { Seed = (ulong)seed, WeightDecay = options.GetValue(_decay), Workers = options.Workers };

        GptModel model = new(saved.Config with { EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0 }, seed: 1);
        Copy(saved, model);
        TimeSpan elapsed = default;
        if (copySteps > 0)
        {
            string[] words = [.. File.ReadLines(wikitext).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
            string[] copies = [.. copied.OfRandomWords(words, FewestCopied, MostCopied, copySteps * TokensOfStep / (2 * FewestCopied))];
            Console.WriteLine($"{copies.Length} times {FewestCopied} to {MostCopied} random words and their copy, windows of {CopyWindow}");
            elapsed = await PretrainingRun.ShowAsync(new GptPretrainer(tokenizer) { SequenceLength = CopyWindow }, model, new Lines(() => copies),
                run with { Steps = copySteps, BatchSize = TokensOfStep / CopyWindow, LearningRate = CopyRate, Schedule = LearningRateSchedules.Constant() }, cancellationToken).ConfigureAwait(false);
        }

        if (steps > 0)
        {
            string[] sentences = [.. File.ReadLines(wikitext).SelectMany(Sentences)];
            random.Shuffle(sentences);
            string[] texts = [.. tasks.SelectMany(TaskFiles.Of(options).Unlabelled).Concat(sentences.Take(options.GetValue(_sentences))).Select(text => copied.With(text, options.GetValue(_copies)))];
            random.Shuffle(texts);
            Console.WriteLine($"{texts.Length} texts of {string.Join(", ", tasks)} and WikiText-2");
            elapsed += await PretrainingRun.ShowAsync(new GptPretrainer(tokenizer), model, new Lines(() => texts),
                run with { Steps = steps, BatchSize = Math.Max(1, TokensOfStep / model.Config.ContextLength), LearningRate = options.GetValue(_rate) }, cancellationToken).ConfigureAwait(false);
        }

        Copy(model, saved);
        saved.Save(output, tokenizer);
        Console.WriteLine($"saved to {Path.GetFullPath(output)}");
        Figure.Print("gpt-adapt/seconds", elapsed.TotalSeconds, "F0", "seconds");
        return 0;
    }

    private static void Copy(GptModel from, GptModel to)
    {
        foreach ((Parameter source, Parameter target) in from.Parameters.Zip(to.Parameters)) source.Data.CopyTo(target.Data);
    }

    private static IEnumerable<string> Sentences(string line) => line.Split(" . ", StringSplitOptions.RemoveEmptyEntries)
        .Where(sentence => sentence.Count(' '.Equals) is >= FewestWords and <= MostWords).Select(sentence => $" {sentence.Trim()} .");
}
