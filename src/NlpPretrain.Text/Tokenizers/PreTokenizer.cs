namespace NlpPretrain.Text;

/// <summary>Cuts normalized text to words that no piece crosses. Implementations are immutable and may be shared between threads.</summary>
public abstract class PreTokenizer
{
    /// <summary>Appends the words of a text.</summary>
    /// <param name="text">Normalized text, any UTF-16 units.</param>
    /// <param name="words">Where the words go, in order, not overlapping, none empty; what it already holds is kept. Text between words is in no word.</param>
    public abstract void Split(ReadOnlySpan<char> text, List<(int Start, int Length)> words);
}
