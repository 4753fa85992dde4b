namespace NlpPretrain.Text;

/// <summary>Cuts text to sentences of words. Implementations are immutable and may be shared between threads.</summary>
public interface IWordTokenizer
{
    /// <summary>Appends the words of a text, sentence by sentence. Whatever is open at the end of the text is closed as a sentence.</summary>
    /// <param name="text">Any text, valid or not: lone surrogates are words of no vocabulary, never an error.</param>
    /// <param name="words">Where the words go; what it already holds is kept.</param>
    void Tokenize(ReadOnlySpan<char> text, WordBuffer words);
}
