using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>Scores of a text: s = W·u + b, with u = [max; mean] of the LSTMs' outputs.</summary>
internal sealed class ElmoTextHead : ElmoHead
{
    private readonly Linear _classifier;

    public ElmoTextHead(ElmoHeadForm form, int inputs, RandomStreams random) : base(form, inputs, random) => _classifier = AddClassifier(4 * form.Cells, form.Outputs, random);

    public override Tensor Scores(ReadOnlySpan<Tensor> vectors, ElmoTexts[] texts) => Classify(_classifier, Pool(vectors[0], texts[0].Rows));
}
