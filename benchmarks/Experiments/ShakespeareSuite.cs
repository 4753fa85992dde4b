using System.CommandLine;
using System.Globalization;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Experiments;

/// <summary>nanoGPT's run for a processor: README.md, "I only have a macbook", over config/train_shakespeare_char.py.</summary>
internal sealed class ShakespeareSuite : Suite
{
    private const double TrainingPart = 0.9, Goal = 1.88, PeakRate = 1e-3, FinalRate = 1e-4;
    private const int WarmUpSteps = 100;

    private readonly Option<int> _seeds, _steps;
    private readonly Option<double?> _deviation;
    private readonly Option<string> _windows;

    public ShakespeareSuite() : base("shakespeare", "nanoGPT's recipe for a processor on Tiny Shakespeare, characters")
    {
        _seeds = Add(OptionOf.Count("--seeds", 3, "How many runs, with the seeds 1, 2 and so on"));
        _steps = Add(OptionOf.Count("--steps", 2_000, "Steps of a run"));
        _deviation = Add(OptionOf.NumberOrNone("--deviation", "Standard deviation of the first weights, 0.02 for nanoGPT's; the family's where it is absent"));
        _windows = Add(OptionOf.Word("--windows", "Windows that begin anywhere, or all of the text in another order", "random", "shuffled"));
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(options.Data("tinyshakespeare", "input.txt"), cancellationToken).ConfigureAwait(false);
        int cut = (int)(TrainingPart * text.Length);
        Lines training = new(() => text[..cut].Split('\n')), validation = new(() => text[cut..].Split('\n'));
        Tokenizer tokenizer = Characters(text);
        GptPretrainer pretrainer = new(tokenizer) { Windows = options.GetValue(_windows) == "shuffled" ? GptWindows.Shuffled : GptWindows.Random };
        GptConfig config = new()
        {
            Architecture = GptArchitecture.Gpt2,
            Layers = 4,
            Heads = 4,
            Width = 128,
            ContextLength = 64,
            EmbeddingDropout = 0,
            AttentionDropout = 0,
            ResidualDropout = 0,
        };
        if (options.GetValue(_deviation) is { } deviation) config = config with { InitialDeviation = deviation };
        int steps = options.GetValue(_steps);
        Console.WriteLine($"{text.Length} characters of {tokenizer.Count} kinds, {steps} steps");

        for (ulong seed = 1; seed <= (ulong)options.GetValue(_seeds); seed++)
        {
            GptModel model = pretrainer.CreateModel(config, seed);
            TrainingOptions run = new()
            {
                Steps = steps,
                Seed = seed,
                BatchSize = 12,
                LearningRate = PeakRate,
                Schedule = LearningRateSchedules.Cosine((double)WarmUpSteps / steps, FinalRate / PeakRate),
                WeightDecay = 0.1,
                SecondDecay = 0.99,
                GradientClipping = 1,
                Workers = options.Workers,
                Evaluation = validation,
                EvaluationInterval = 500,
            };
            TrainingProgress last = default;
            await foreach (TrainingProgress at in pretrainer.PretrainAsync(model, training, run, cancellationToken).ConfigureAwait(false))
            {
                last = at;
                if (at.EvaluationLoss is { } loss)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}  step {at.Step,5}  {at.Loss:F3} nats  validation {loss:F4}  {at.Elapsed.TotalSeconds:F1} s"));
            }

            Figure.Print($"shakespeare/validation-loss-seed-{seed}", last.EvaluationLoss!.Value, "F4", "nats", Goal);
            LanguageModelReport overlapping = pretrainer.Evaluate(model, validation, stride: config.ContextLength / 2, options.Workers, cancellationToken);
            Figure.Print($"shakespeare/validation-loss-half-stride-seed-{seed}", overlapping.NatsPerToken, "F4", "nats");
            Figure.Print($"shakespeare/training-loss-seed-{seed}", pretrainer.Evaluate(model, training, workers: options.Workers, cancellationToken: cancellationToken).NatsPerToken, "F4", "nats");
            Figure.Print($"shakespeare/step-seed-{seed}", last.Elapsed.TotalMilliseconds / last.Step, "F1", "milliseconds");
        }

        return 0;
    }

    /// <summary>A byte-pair model of characters without merges. Every character of the text is a piece, so none is ever unknown.</summary>
    private static Tokenizer Characters(string text)
    {
        string[] pieces = [.. text.Distinct().Order().Select(character => character.ToString())];
        return new Tokenizer(new BytePairModel(pieces, [], new BytePairOptions { UnknownPiece = pieces[0] }));
    }
}
