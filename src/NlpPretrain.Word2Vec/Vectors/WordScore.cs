namespace NlpPretrain.Word2Vec;

/// <summary>A word that a search answers with.</summary>
/// <param name="Index">Its index in the <see cref="WordVectors"/>.</param>
/// <param name="Word">The word.</param>
/// <param name="Score">Its score; what it measures, the search says.</param>
public readonly record struct WordScore(int Index, string Word, float Score);
