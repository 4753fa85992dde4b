namespace NlpPretrain.Text;

/// <summary>A piece of a document: a line, a paragraph or a message, at most <see cref="MaxLength"/> characters.</summary>
/// <param name="Document">Number of the document in its corpus, counted from 0.</param>
/// <param name="Text">The text, without its line break.</param>
public readonly record struct Passage(long Document, string Text)
{
    /// <summary>The most characters a passage has. A longer line is cut after its last white space, or within a word where it has none.</summary>
    public const int MaxLength = 1 << 16;
}
