using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Peers;

/// <summary>The losses of one training run on both sides: WikiText-2 in byte-level pieces, the same first weights, batches and learning rates.</summary>
internal static class CurveSuite
{
    private const int Steps = 300, WarmUpSteps = 30;

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
        LossCurve.Compare("curve/gpt", Steps, i =>
        {
            double rate = StepOptions.Rate * schedule((i + 1.0) / Steps);
            return (ours.Run(batches[i], rate), theirs.Run(batches[i], rate));
        });
    }

    private static int[] Encode(int vocabulary)
    {
        string path = WikiText.PathOf("train.shuffled-articles.txt");
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
