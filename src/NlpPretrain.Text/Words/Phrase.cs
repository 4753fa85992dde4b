namespace NlpPretrain.Text;

/// <summary>Two words, or phrases of an earlier round, that are one word together.</summary>
/// <param name="Round">The round that found it, counted from 1.</param>
/// <param name="First">The first word.</param>
/// <param name="Second">The second word.</param>
/// <param name="Score">How much they belong together.</param>
public sealed record Phrase(int Round, string First, string Second, double Score);
