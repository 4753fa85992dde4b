using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>Scores of each word: s = W·h + b, with h the LSTMs' output.</summary>
internal sealed class ElmoWordHead : ElmoHead
{
    private readonly Linear _classifier;

    public ElmoWordHead(ElmoHeadForm form, int inputs, RandomStreams random) : base(form, inputs, random) => _classifier = AddClassifier(2 * form.Cells, form.Outputs, random);

    public override Tensor Scores(ReadOnlySpan<Tensor> vectors, ElmoTexts[] texts) => Classify(_classifier, Encoder.Forward(vectors[0], texts[0].Rows));
}
