using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Fine-tunes a pretrained ELMo to grade how similar two texts are, whichever comes first.</summary>
/// <remarks>
/// <para>
/// s = w·f + b, with f = [cos(u, v); (u − v)²; u ⊙ v] and u and v = [max; mean] over each text of the outputs of an LSTM in each direction, trained on the squared error. The loss that is
/// reported is the mean squared error, on the scale of the examples' scores squared.
/// </para>
/// <inheritdoc cref="ElmoFineTuner{TExample, TTuned}" path="/remarks/*"/>
/// </remarks>
/// <param name="vocabulary">The vocabulary that the model was pretrained with; a model that reads characters needs none.</param>
/// <param name="tokenizer">Cuts text to words, as it did in pretraining.</param>
public sealed class ElmoSimilarity(ElmoVocabulary? vocabulary, IWordTokenizer tokenizer) : ElmoFineTuner<ScoredPairExample, ElmoSimilarityScorer>(vocabulary, tokenizer)
{
    private protected override ElmoHeadKind Kind => ElmoHeadKind.Similarity;

    private protected override int Outputs => 1;

    private protected override ElmoSimilarityScorer Wrap(ElmoTuned tuned) => new(tuned);

    private protected override TaskExamples<ElmoSequence> Encode(ElmoSimilarityScorer tuned, IReadOnlyList<ScoredPairExample> examples)
    {
        ElmoSequence[][] encoded = [.. examples.Select((example, index) => tuned.Tuned.Inputs.Pair(example?.First, example?.Second, index))];
        if (examples.Count > 0) tuned.Scale ??= ScoreScale.Of(examples);
        ScoreScale scale = tuned.Scale ?? new(0, 1);
        return new ScoredExamples<ElmoSequence>(encoded, scale.Targets(examples), scale.Deviation);
    }
}
