namespace NlpPretrain.Text;

/// <summary>Where one document of a text file ends and the next begins.</summary>
public enum DocumentBoundary
{
    /// <summary>Every file is a document.</summary>
    File,

    /// <summary>Every line is a document, an empty line one without text: the number of a document is that of its line.</summary>
    Line,

    /// <summary>One or several blank lines, or the end of the file, end a document: BERT's layout, with one sentence a line.</summary>
    BlankLine,
}
