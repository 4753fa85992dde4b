using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>Scores of a pair: s = W·f + b, with f = [u; v; (u − v)²; u ⊙ v] of the texts' pooled vectors; of similarity, which has no order, f = [cos(u, v); (u − v)²; u ⊙ v].</summary>
/// <remarks>Source: Conneau et al. 2017, "Supervised learning of universal sentence representations". Differs: the square of the difference, not its absolute value; the cosine is not of the paper.</remarks>
internal sealed class ElmoPairHead : ElmoHead
{
    private readonly Linear _classifier;
    private readonly bool _hasOrder;

    public ElmoPairHead(ElmoHeadForm form, int inputs, RandomStreams random) : base(form, inputs, random)
    {
        int pooled = 4 * form.Cells;
        _hasOrder = form.Kind == ElmoHeadKind.Pair;
        _classifier = AddClassifier(_hasOrder ? 4 * pooled : 2 * pooled + 1, form.Outputs, random);
    }

    public override Tensor Scores(ReadOnlySpan<Tensor> vectors, ElmoTexts[] texts)
    {
        Tensor u = Pool(vectors[0], texts[0].Rows), v = Pool(vectors[1], texts[1].Rows);         // [B, 4H] each
        Tensor difference = u - v;
        Tensor features = _hasOrder
            ? Tensor.Concatenate([u, v, difference * difference, u * v])                         // [B, 16H]
            : Tensor.Concatenate([Tensor.CosineSimilarity(u, v).Reshape(new(u.Shape[0], 1)), difference * difference, u * v]);       // [B, 8H + 1]
        return Classify(_classifier, features);
    }
}
