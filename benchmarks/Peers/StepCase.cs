using NlpPretrain.Gpt;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>A model whose training steps are compared, with its data.</summary>
internal sealed record StepCase(
    string Name, double Goal, long[] IdShape, int Vocabulary, Func<OurModel> CreateOurs,
    Func<IReadOnlyDictionary<string, TorchTensor>, Func<TorchTensor, TorchTensor, TorchTensor>> CreateLoss)
{
    private static readonly GptShape SmallShape = new(4, 128, 4, 64, 12, 65), LargeShape = new(6, 384, 6, 256, 4, 8_000);
    private static readonly LstmShape LstmShape = new(2, 512, 128, 32, 20, 10_000, 3);

    /// <summary>Default: that of the ids.</summary>
    public long[] TargetShape { get; init; } = IdShape;

    public static StepCase SmallGpt { get; } = Gpt("gpt-4x128", TorchBuild.IsShipped ? 2.6 : 1.4, SmallShape);

    public static StepCase LargeGpt { get; } = Gpt("gpt-6x384", TorchBuild.IsShipped ? 2.2 : 1.15, LargeShape);

    public static StepCase Lstm { get; } = new("lstm-2x512", TorchBuild.IsShipped ? 2.2 : 1.5, [LstmShape.Time, LstmShape.Batch], LstmShape.Vocabulary,
        CreateLstm, weights => new TorchLstm(LstmShape, weights).Loss);

    public static StepCase[] All => [SmallGpt, LargeGpt, Lstm, BertCase.Step];

    /// <summary>Batches of made-up words, the same at every run.</summary>
    public Batch[] CreateBatches(int count)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ => new Batch(Draw(random, IdShape), Draw(random, TargetShape)))];
    }

    public static StepCase Gpt(string name, double goal, GptShape shape) => new(name, goal, [shape.Batch, shape.Time], shape.Vocabulary,
        () => CreateGpt(shape), weights => new TorchGpt(shape, weights).Loss);

    private static OurModel CreateGpt(GptShape shape)
    {
        GptModel model = new(new GptConfig
        {
            Architecture = GptArchitecture.Gpt2, Layers = shape.Layers, Heads = shape.Heads, Width = shape.Width, ContextLength = shape.Time,
            VocabularySize = shape.Vocabulary, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0,
        }, seed: 1);
        Tensors.Shape window = new(shape.Batch, shape.Time);
        return new(model, (pass, batch) => model.Loss(pass, batch.Ids, batch.Targets, window, out _));
    }

    private static OurModel CreateLstm()
    {
        OurLstm model = new(LstmShape, 1);
        return new(model, (pass, batch) => model.Loss(pass, batch.Ids, batch.Targets));
    }

    private int[] Draw(Random random, long[] shape) => [.. Enumerable.Range(0, (int)(shape[0] * shape[1])).Select(_ => random.Next(Vocabulary))];
}

internal sealed record Batch(int[] Ids, int[] Targets);
