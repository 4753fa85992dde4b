namespace NlpPretrain.Word2Vec;

/// <summary>Two words and how similar people find them.</summary>
/// <param name="First">A word.</param>
/// <param name="Second">Another, or the same.</param>
/// <param name="Score">The mean of people's scores, on the file's own scale.</param>
public sealed record WordPair(string First, string Second, double Score);
