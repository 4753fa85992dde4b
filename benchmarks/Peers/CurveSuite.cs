using System.Globalization;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Peers;

/// <summary>The losses of one training run on both sides: WikiText-2 in byte-level pieces, the same first weights, batches and learning rates.</summary>
internal static class CurveSuite
{
    private const int Steps = 300, WarmUpSteps = 30, LastSteps = 50, PrintedEvery = 25;
    private const double GoalPercent = 1;

    private static readonly GptShape FullShape = new(Layers: 4, Width: 256, Heads: 4, Time: 256, Batch: 8, Vocabulary: 8_000);
    private static readonly GptShape QuickShape = new(Layers: 2, Width: 64, Heads: 2, Time: 64, Batch: 8, Vocabulary: 8_000);

    public static void Run(bool quick)
    {
        GptShape shape = quick ? QuickShape : FullShape;
        Batch[] batches = Windows(Encode(shape.Vocabulary), shape);
        StepCase step = StepCase.Gpt("curve", goal: 0, shape);
        OurModel model = step.CreateOurs();
        TorchStep theirs = new(step, model.Weights.Parameters.ToDictionary(parameter => parameter.Name, TorchBuild.Copy));
        using OurStep ours = new(model);
        LearningRateSchedule schedule = LearningRateSchedules.Cosine((double)WarmUpSteps / Steps);
        double[] mine = new double[Steps], other = new double[Steps];
        for (int i = 0; i < Steps; i++)
        {
            double rate = StepOptions.Rate * schedule((i + 1.0) / Steps);
            (mine[i], other[i]) = (ours.Run(batches[i], rate), theirs.Run(batches[i], rate));
            if ((i + 1) % PrintedEvery == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {i + 1}: ours {mine[i]:F4}, libtorch {other[i]:F4}"));
        }

        (double ourMean, double theirMean) = (mine[^LastSteps..].Average(), other[^LastSteps..].Average());
        double largest = mine.Zip(other, Percent).Max();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the last {LastSteps} steps: ours {ourMean:F4}, libtorch {theirMean:F4}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FIGURE curve/gpt-largest-difference {largest:F4} % goal {GoalPercent}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FIGURE curve/gpt-last-{LastSteps}-difference {Percent(ourMean, theirMean):F4} % goal {GoalPercent}"));
    }

    // A loss that is not a number is a difference without bound, which Max would pass over.
    private static double Percent(double mine, double other) =>
        100 * Math.Abs(mine - other) / other is var percent && double.IsFinite(percent) ? percent : double.PositiveInfinity;

    private static int[] Encode(int vocabulary)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("NLPPRETRAIN_DATA") ?? "../shared/data", "wikitext2", "train.shuffled-articles.txt");
        BytePairModel pieces = BytePairTrainer.Train(new TextFileCorpus(path), new BytePairTrainerOptions { VocabularySize = vocabulary });
        Tokenizer tokenizer = new(pieces, preTokenizer: new ByteLevelPreTokenizer());
        List<int> ids = [];
        foreach (string line in File.ReadLines(path)) ids.AddRange(tokenizer.Encode(line + "\n").Ids);
        return [.. ids];
    }

    /// <summary>One window behind another, in the order of the text.</summary>
    private static Batch[] Windows(int[] ids, GptShape shape)
    {
        int tokens = shape.Batch * shape.Time;
        if (ids.Length <= Steps * tokens) throw new InvalidDataException($"The text has {ids.Length} tokens; {Steps} batches of {tokens} and one more are needed.");
        return [.. Enumerable.Range(0, Steps).Select(step => new Batch(ids[(step * tokens)..((step + 1) * tokens)], ids[(step * tokens + 1)..((step + 1) * tokens + 1)]))];
    }
}
