using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>Small JSON files of a checkpoint or a tuned model, whose one exception names the file.</summary>
internal static class StateJson
{
    /// <param name="path">The file.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="content">The same in words, for the exception.</param>
    /// <param name="field">What the exception names as the field.</param>
    /// <exception cref="ModelFormatException">The file is not of its form.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type, string content, string field = "state")
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("It is null.");
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelFormatException(path, field, content, cause.Message, innerException: cause);
        }
    }
}
