using NlpPretrain.Elmo;
using NlpPretrain.Training;

namespace NlpPretrain.Peers;

/// <summary>The losses of an ELMo's pretraining on both sides: WikiText-2 word by word, the same first weights, windows and learning rates, states that go on from window to window.</summary>
internal static class ElmoCurveSuite
{
    private const int Steps = 300, Streams = 32, Time = 20, Words = 10_000;
    private const double WarmUp = 0.01, Tolerance = 1e-5;

    private static readonly ElmoConfig FullConfig = ElmoConfig.Tiny with { Dropout = 0 };
    private static readonly ElmoConfig QuickConfig = FullConfig with { Cells = 64, Projection = 16 };

    public static void Run(bool quick)
    {
        ElmoVocabulary vocabulary = ElmoVocabulary.Create(WikiText.Frequent(Words));
        ElmoText[] windows = ElmoText.Windows(WikiText.Lines("train.shuffled-articles.txt"), vocabulary, Streams, Time, Steps);
        ElmoLanguageModel model = new((quick ? QuickConfig : FullConfig) with { VocabularySize = vocabulary.Count }, seed: 1);
        TorchElmoTraining theirs = new(model, Streams, Time);
        using OurElmoTraining ours = new(model, Streams, Time);
        LearningRateSchedule schedule = LearningRateSchedules.Linear(WarmUp);
        LossCurve.Compare("elmo-curve/elmo", Steps, i =>
        {
            double rate = StepOptions.Rate * schedule((i + 0.5) / Steps);
            (double mine, double other) = (ours.Run(windows[i], rate), theirs.Run(windows[i], rate));
            if (i == 0 && !(Math.Abs(mine - other) <= Tolerance * other))
                throw new InvalidOperationException($"Before any step our loss is {mine} and libtorch's {other}; what follows would not be the same training.");
            return (mine, other);
        });
    }
}
