using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Fine-tunes a pretrained BERT to choose an answer: [CLS] context [SEP] choice [SEP] for each choice.</summary>
/// <remarks>
/// <para>p = softmax over the choices of w·c, with c the pooled vector of each.</para>
/// <para>Source: Devlin et al. 2019, section 4.4. Hugging Face's library has a bias, which the softmax does not see: it is written as 0 and not read.</para>
/// <inheritdoc cref="BertFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
/// <param name="tokenizer">The tokenizer that the model was pretrained with.</param>
public sealed class BertMultipleChoice(Tokenizer tokenizer) : BertFineTuner<ChoiceExample, BertChoiceSelector>(tokenizer)
{
    private protected override BertHeadForm Form => BertHeadForm.Choice;

    private protected override BertChoiceSelector Wrap(BertTuned tuned) => new(tuned);

    private protected override TaskExamples<BertSequence> Encode(BertChoiceSelector tuned, IReadOnlyList<ChoiceExample> examples) => new ChoiceExamples<BertSequence>(
        [.. examples.Select((example, index) => tuned.Tuned.Inputs.Choices(example?.Context, example?.Choices, index))], [.. examples.Select(TaskTexts.Answer)]);
}
