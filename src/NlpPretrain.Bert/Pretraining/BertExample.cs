namespace NlpPretrain.Bert;

/// <summary>One sequence of pretraining: two sentences in their frame, with some tokens masked. It is not padded.</summary>
/// <param name="Ids">The token ids that the model sees.</param>
/// <param name="Segments">0 for a token of the first sentence, 1 for one of the second.</param>
/// <param name="MaskedPlaces">Where the model must tell the token, ascending.</param>
/// <param name="MaskedIds">The tokens that were there.</param>
/// <param name="IsNext">Whether the second sentence follows the first in its document.</param>
public sealed record BertExample(int[] Ids, int[] Segments, int[] MaskedPlaces, int[] MaskedIds, bool IsNext);
