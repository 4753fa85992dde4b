using System.Globalization;
using NlpPretrain.Gpt;
using NlpPretrain.Training;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>nanoGPT's recipe for a processor in libtorch, on Tiny Shakespeare: what validation loss the recipe gives when all of the validation text is read.</summary>
/// <remarks>
/// Its README names 1.88, the mean of 20 batches of random windows; both are printed. Its model has no biases and the exact GELU; with ours, both as
/// <see cref="GptModel"/> has them, the recipe is run again. Windows and first weights are the same in both.
/// </remarks>
internal static class ShakespeareSuite
{
    private const int Steps = 2_000, WarmUpSteps = 100, EstimatedBatches = 20;
    private const double NanoGptDeviation = 0.02, TrainingPart = 0.9, PeakRate = 1e-3, FinalRate = 1e-4, SecondDecay = 0.99, WeightDecay = 0.1, MaximumNorm = 1;

    public static void Run(bool quick)
    {
        string text = File.ReadAllText(Path.Combine(Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") ?? "../shared/data", "tinyshakespeare", "input.txt"));
        char[] characters = [.. text.Distinct().Order()];
        int[] ids = [.. text.Select(character => Array.BinarySearch(characters, character))];
        int cut = (int)(TrainingPart * ids.Length);
        GptShape shape = new(Layers: 4, Width: 128, Heads: 4, Time: 64, Batch: 12, characters.Length);
        set_num_threads(StepOptions.Threads);
        for (ulong seed = 1; seed <= (quick ? 1UL : 3UL); seed++)
        {
            Train(shape, isNanoGpt: true, ids[..cut], ids[cut..], seed, quick ? Steps / 10 : Steps);
            Train(shape, isNanoGpt: false, ids[..cut], ids[cut..], seed, quick ? Steps / 10 : Steps);
        }
    }

    private static void Train(GptShape shape, bool isNanoGpt, int[] training, int[] validation, ulong seed, int steps)
    {
        GptModel first = new(new GptConfig { Architecture = GptArchitecture.Gpt2, Layers = shape.Layers, Heads = shape.Heads, Width = shape.Width, ContextLength = shape.Time, VocabularySize = shape.Vocabulary, InitialDeviation = NanoGptDeviation }, seed);
        Dictionary<string, TorchTensor> weights = first.Parameters.Where(parameter => !isNanoGpt || !parameter.Name.EndsWith(".bias", StringComparison.Ordinal))
            .ToDictionary(parameter => parameter.Name, parameter => (TorchTensor)new TorchSharp.Modules.Parameter(TorchBuild.Copy(parameter)));
        TorchGpt model = new(shape, weights, isNanoGpt);
        optim.Optimizer optimizer = optim.AdamW(
        [
            new TorchSharp.Modules.AdamW.ParamGroup(Decaying(true), new TorchSharp.Modules.AdamW.Options { beta2 = SecondDecay, weight_decay = WeightDecay }),
            new TorchSharp.Modules.AdamW.ParamGroup(Decaying(false), new TorchSharp.Modules.AdamW.Options { beta2 = SecondDecay, weight_decay = 0 }),
        ], lr: PeakRate, beta2: SecondDecay);

        LearningRateSchedule schedule = LearningRateSchedules.Cosine((double)WarmUpSteps / steps, FinalRate / PeakRate);
        Random random = new((int)seed);
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups) group.LearningRate = PeakRate * schedule((step + 0.5) / steps);
            TorchTensor loss = Loss(Draw(training, shape, random));
            optimizer.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_([.. optimizer.parameters()], MaximumNorm);
            optimizer.step();
        }

        using IDisposable still = no_grad();
        string name = isNanoGpt ? "nanogpt" : "ours";
        int[][] windows = [.. Enumerable.Range(0, (validation.Length - 1) / shape.Time).Select(window => validation[(window * shape.Time)..((window + 1) * shape.Time + 1)])];
        double whole = windows.Chunk(shape.Batch).Where(batch => batch.Length == shape.Batch).Average(Measure);
        double estimate = Enumerable.Range(0, EstimatedBatches).Average(_ => Measure(Draw(validation, shape, random)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"FIGURE shakespeare/libtorch-{name}-model-seed-{seed} {whole:F4} nats; by {EstimatedBatches} batches of random windows {estimate:F4}"));

        TorchTensor Loss(int[][] batch) => model.Loss(
            TorchBuild.Indices([.. batch.SelectMany(window => window[..^1])], shape.Batch, shape.Time), TorchBuild.Indices([.. batch.SelectMany(window => window[1..])], shape.Batch, shape.Time));
        double Measure(int[][] batch)
        {
            using var scope = NewDisposeScope();
            return Loss(batch).item<float>();
        }

        IEnumerable<TorchSharp.Modules.Parameter> Decaying(bool decays) => weights.Values.Where(weight => weight.dim() > 1 == decays).Cast<TorchSharp.Modules.Parameter>();
    }

    private static int[][] Draw(int[] ids, GptShape shape, Random random) => [.. Enumerable.Range(0, shape.Batch).Select(_ =>
    {
        int start = random.Next(ids.Length - shape.Time);
        return ids[start..(start + shape.Time + 1)];
    })];
}
