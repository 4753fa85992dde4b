namespace NlpPretrain.Serialization;

/// <summary>A model file that is malformed, damaged, or not the model that was asked for.</summary>
/// <remarks>
/// It says which file, where, what was expected and what was found. Every reader of a model format throws this type and no other for bad
/// content; a file that is absent or cannot be opened throws the file system's own exception.
/// </remarks>
public sealed class ModelFormatException : IOException
{
    /// <summary>Creates the exception; its message is made of the parts.</summary>
    /// <param name="path">The file, or the name of the stream.</param>
    /// <param name="field">The field that is wrong: "header length", "tensor 'wte.weight', shape", "line 3".</param>
    /// <param name="expected">What the format or the caller allows there.</param>
    /// <param name="found">What is there.</param>
    /// <param name="offset">Position of the field in the file, in bytes, where it has one.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelFormatException(
        string path, string field, string expected, string found, long? offset = null, Exception? innerException = null)
        : base(Describe(path, field, expected, found, offset), innerException) =>
        (Path, Field, Expected, Found, Offset) = (path, field, expected, found, offset);

    /// <summary>The file, or the name of the stream.</summary>
    public string Path { get; }

    /// <summary>The field that is wrong.</summary>
    public string Field { get; }

    /// <summary>What the format or the caller allows there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }

    /// <summary>Position of the field in the file, in bytes; null where it has none.</summary>
    public long? Offset { get; }

    private static string Describe(string path, string field, string expected, string found, long? offset)
    {
        string place = offset is { } position ? FormattableString.Invariant($"{path}, byte {position}") : path;
        return $"{place}, {field}: expected {expected}, found {found}.";
    }
}
