using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>Scores of each place of a passage as the first and as the last word of an answer.</summary>
/// <remarks>
/// <para>
/// With p and q the encoder's outputs of a passage and its question: a = Σⱼ softmax(g(p)·g(qⱼ)/√(2H))·qⱼ, where g(x) = ReLU(W·x + b), and s = W·LSTMs([p; a; p ⊙ a]) + b.
/// </para>
/// <para>Source: Chen et al. 2017, "Reading Wikipedia to answer open-domain questions", the aligned question embedding. Differs: over the encoder's outputs, and scaled as attention is, in more heads where they would have more than 256 columns; a second encoder follows, "reader".</para>
/// </remarks>
internal sealed class ElmoSpanHead : ElmoHead
{
    private const int MostHeadSize = 256;

    private readonly Linear _match, _classifier;
    private readonly BidirectionalLstm _reader;
    private readonly int _heads;

    public ElmoSpanHead(ElmoHeadForm form, int inputs, RandomStreams random) : base(form, inputs, random)
    {
        int width = 2 * form.Cells;
        for (_heads = 1; width % _heads != 0 || width / _heads > MostHeadSize; _heads++) ;
        _match = Add("match", new Linear(width, width, random, Activation.Relu, Initializers.XavierUniform));
        _reader = Add("reader", new BidirectionalLstm(3 * width, form.Cells, random));
        _classifier = AddClassifier(width, form.Outputs, random);
    }

    public override Tensor Scores(ReadOnlySpan<Tensor> vectors, ElmoTexts[] texts)
    {
        TextRows asked = texts[0].Rows, passage = texts[1].Rows;
        Tensor q = Encoder.Forward(vectors[0], asked), p = Encoder.Forward(vectors[1], passage);                     // [Nq, 2H], [Np, 2H]
        Tensor a = Tensor.Attention(SideBySide(_match.Forward(p), passage), SideBySide(_match.Forward(q), asked), SideBySide(q, asked), _heads, lengths: asked.Lengths)       // [B, Tp, 2H]
            .GatherRows(passage.FromSideBySide);                                                                     // [Np, 2H]
        return Classify(_classifier, _reader.Forward(Tensor.Concatenate([p, a, p * a]), passage));                   // [Np, 2]
    }
}
