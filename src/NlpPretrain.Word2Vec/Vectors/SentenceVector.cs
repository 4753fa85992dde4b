namespace NlpPretrain.Word2Vec;

/// <summary>The mean of a sentence's word vectors.</summary>
/// <param name="Values">The mean over the known words; zeros where none is known.</param>
/// <param name="Known">How many words, with repetitions, had a vector.</param>
/// <param name="Unknown">How many had none.</param>
public sealed record SentenceVector(float[] Values, int Known, int Unknown);
