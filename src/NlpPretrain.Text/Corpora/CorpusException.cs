namespace NlpPretrain.Text;

/// <summary>A corpus, vocabulary or dictionary that cannot be read: says which file, where, what was expected and what was found.</summary>
public sealed class CorpusException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was given, what was allowed, and where to change it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public CorpusException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
