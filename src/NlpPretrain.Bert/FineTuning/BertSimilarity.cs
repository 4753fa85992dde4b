using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Fine-tunes a pretrained BERT to grade how similar two texts are: [CLS] first [SEP] second [SEP].</summary>
/// <remarks>
/// <para>s = w·c + b, with c the pooled vector, trained on the squared error. The loss that is reported is the mean squared error, on the scale of the examples' scores squared.</para>
/// <para>Source: Devlin et al. 2019, section 4.1, of which the scripts have no regression; the squared error as Hugging Face's library has it.</para>
/// <inheritdoc cref="BertFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
/// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
public sealed class BertSimilarity(Tokenizer tokenizer) : BertFineTuner<ScoredPairExample, BertSimilarityScorer>(tokenizer)
{
    private protected override BertHeadForm Form => BertHeadForm.Pooled(1);

    private protected override BertSimilarityScorer Wrap(BertTuned tuned) => new(tuned);

    private protected override TaskExamples<BertSequence> Encode(BertSimilarityScorer tuned, IReadOnlyList<ScoredPairExample> examples)
    {
        BertSequence[][] encoded = [.. examples.Select((example, index) => (BertSequence[])[tuned.Tuned.Inputs.Pair(example?.First, example?.Second, index)])];
        if (examples.Count > 0) tuned.Scale ??= ScoreScale.Of(examples);
        ScoreScale scale = tuned.Scale ?? new(0, 1);
        return new ScoredExamples<BertSequence>(encoded, scale.Targets(examples), scale.Deviation);
    }
}
