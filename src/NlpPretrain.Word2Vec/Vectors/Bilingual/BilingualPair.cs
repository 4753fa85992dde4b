namespace NlpPretrain.Word2Vec;

/// <summary>A word and a translation of it.</summary>
/// <param name="Source">The word in the language that is mapped.</param>
/// <param name="Target">The word in the other.</param>
public readonly record struct BilingualPair(string Source, string Target);
