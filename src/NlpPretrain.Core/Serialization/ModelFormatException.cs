namespace NlpPretrain.Serialization;

/// <summary>A model file that cannot be read: says which file, where in it, what was expected there and what was found.</summary>
public sealed class ModelFormatException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file's path, or another name for where the bytes came from.</param>
    /// <param name="offset">Where in the file, in bytes from its start.</param>
    /// <param name="field">The part of the file that is wrong.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="found">What was found.</param>
    public ModelFormatException(string file, long offset, string field, string expected, string found)
        : base($"{file}, byte {offset}, {field}: expected {expected}, found {found}.")
    {
        (File, Offset, Field, Expected, Found) = (file, offset, field, expected, found);
    }

    /// <summary>The file's path, or another name for where the bytes came from.</summary>
    public string File { get; }

    /// <summary>Where in the file, in bytes from its start.</summary>
    public long Offset { get; }

    /// <summary>The part of the file that is wrong.</summary>
    public string Field { get; }

    /// <summary>What was expected.</summary>
    public string Expected { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }
}
