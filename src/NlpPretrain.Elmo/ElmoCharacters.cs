namespace NlpPretrain.Elmo;

/// <summary>The numbers of the characters of a word: its bytes, and marks.</summary>
/// <remarks>
/// Source: bilm-tf's UnicodeCharsVocabulary. Differs: without the 1 that its batches add to tell padding between words; published weights have no vector for that number, and lengths do the same here.
/// </remarks>
internal static class ElmoCharacters
{
    internal const int BeginSentence = 256, EndSentence = 257, BeginWord = 258, EndWord = 259, Padding = 260;

    /// <summary>All numbers: 256 bytes and five marks.</summary>
    internal const int Count = 261;
}
