using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>What a task puts on the mixed vectors: LSTMs over the words of a text, "encoder", and scores, "classifier".</summary>
internal abstract class ElmoHead : Layer
{
    /// <summary>The most cells of an LSTM.</summary>
    public const int MostCells = 65_536;

    /// <summary>The encoder's name within the head.</summary>
    public const string EncoderName = "encoder";

    private readonly float _dropout;

    /// <param name="form">Its form.</param>
    /// <param name="inputs">2P</param>
    /// <param name="random">Where first values come from.</param>
    protected ElmoHead(ElmoHeadForm form, int inputs, RandomStreams random)
    {
        _dropout = form.Dropout;
        Encoder = Add(EncoderName, new BidirectionalLstm(inputs, form.Cells, random));
    }

    protected BidirectionalLstm Encoder { get; }

    /// <param name="vectors">The mixed vectors of each text, [N, 2P].</param>
    /// <param name="texts">The texts.</param>
    /// <returns>[B, K], or [N, K] of the last text's places.</returns>
    public abstract Tensor Scores(ReadOnlySpan<Tensor> vectors, ElmoTexts[] texts);

    /// <summary>s = W·x + b behind a dropout.</summary>
    protected Linear AddClassifier(int inputs, int outputs, RandomStreams random) => Add("classifier", new Linear(inputs, outputs, random, initializer: Initializers.XavierUniform));

    protected Tensor Classify(Linear classifier, Tensor x) => classifier.Forward(x.Dropout(_dropout));

    /// <summary>The largest value and the mean of each column over each text: [B, 4H] of [N, 2H].</summary>
    protected Tensor Pool(Tensor vectors, TextRows rows)
    {
        Tensor encoded = Encoder.Forward(vectors, rows);                                         // [N, 2H]
        Tensor sideBySide = SideBySide(encoded, rows);                                           // [B, T, 2H]
        return sideBySide.MaxOverTime(rows.Lengths).Concatenate(sideBySide.MeanOverTime(rows.Lengths));
    }

    /// <summary>[B, T, C] of [N, C].</summary>
    protected static Tensor SideBySide(Tensor x, TextRows rows) => x.GatherRows(rows.SideBySide).Reshape(new(rows.Texts, rows.Time, x.Shape.Columns));
}
