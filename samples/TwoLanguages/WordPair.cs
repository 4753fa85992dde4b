namespace NlpPretrain.Samples.TwoLanguages;

/// <summary>An English word and the Chinese word that translates it, by their indexes.</summary>
/// <param name="Source">Index of the English word.</param>
/// <param name="Target">Index of the Chinese word.</param>
internal readonly record struct WordPair(int Source, int Target);
