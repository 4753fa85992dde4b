using NlpPretrain.Bert;

namespace NlpPretrain.Peers;

/// <summary>BERT's pretraining step: masked words and next sentences.</summary>
internal static class BertCase
{
    private static readonly BertShape Shape = new(Layers: 6, Width: 384, Heads: 6, Time: 128, Batch: 16, Masked: 20, Vocabulary: 8_000);

    public static StepCase Step { get; } = new("bert-6x384", TorchBuild.IsShipped ? 2.2 : 1.1, [Shape.Batch, Shape.Time], Shape.Vocabulary, CreateOurs, weights => new TorchBert(Shape, weights).Loss)
    {
        TargetShape = [Shape.Batch, Shape.Masked],
    };

    public static BertConfig ConfigOf(BertShape shape) => new()
    {
        Layers = shape.Layers, Heads = shape.Heads, Width = shape.Width, ContextLength = shape.Time, VocabularySize = shape.Vocabulary, Dropout = 0, AttentionDropout = 0,
    };

    private static OurModel CreateOurs()
    {
        BertPretrainingModel model = new(ConfigOf(Shape), seed: 1);
        BertBatch filled = new();
        return new(model, (pass, batch) =>
        {
            filled.Fill([.. Enumerable.Range(0, Shape.Batch).Select(row => new BertExample(batch.Ids[(row * Shape.Time)..((row + 1) * Shape.Time)], Shape.Segments[..Shape.Time],
                Shape.Places[..Shape.Masked], batch.Targets[(row * Shape.Masked)..((row + 1) * Shape.Masked)], Shape.NextSentenceLabels[row] == 0))]);
            return model.Loss(pass, filled, out _);
        });
    }
}
