using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NlpPretrain.Peers;

/// <summary>What a run prints: the fields are described in tools.py, and every program gives the same.</summary>
internal sealed record RunReport(long Words, int Vocabulary, double VocabularySeconds, long PeakBytes)
{
    public int Epochs { get; init; }

    public double? TrainingSeconds { get; init; }

    public double? Loss { get; init; }

    public void Print()
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteNumber("words", Words);
            json.WriteNumber("vocabulary", Vocabulary);
            json.WriteNumber("vocabulary_seconds", VocabularySeconds);
            json.WriteNumber("vocabulary_words_per_second", Words / VocabularySeconds);
            if (TrainingSeconds is { } seconds)
            {
                json.WriteNumber("training_seconds", seconds);
                json.WriteNumber("words_per_second", Words * Epochs / seconds);
            }

            if (Loss is { } loss && double.IsFinite(loss)) json.WriteNumber("loss", loss);
            json.WriteNumber("peak_bytes", PeakBytes);
            json.WriteEndObject();
        }

        Console.Out.WriteLine(Encoding.UTF8.GetString(line.ToArray()));
    }

    /// <summary>Peak resident memory of this process until now.</summary>
    public static long PeakResidentBytes()
    {
        const string Name = "VmHWM:";
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture);
    }
}
