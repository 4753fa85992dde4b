namespace NlpPretrain.Word2Vec;

/// <summary>How often translations are found.</summary>
/// <param name="AtOne">Share of source words whose best translation is in the lexicon; 0 where none was asked.</param>
/// <param name="AtFive">Share of source words with a translation of the lexicon among the best five.</param>
/// <param name="Asked">Distinct source words that are known and have a known translation.</param>
/// <param name="Unknown">The other distinct source words.</param>
public sealed record BilingualPrecision(double AtOne, double AtFive, int Asked, int Unknown);
