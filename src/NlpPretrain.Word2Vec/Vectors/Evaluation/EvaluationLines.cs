using System.Text;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>The lines of an evaluation file, with what its errors have in common.</summary>
internal static class EvaluationLines
{
    /// <summary>The lines that are not blank, with their number from 1.</summary>
    public static IEnumerable<(int Number, string Text)> Read(string path)
    {
        int number = 0;
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        while (true)
        {
            string? line;
            try
            {
                line = reader.ReadLine();
            }
            catch (DecoderFallbackException invalid)
            {
                throw new CorpusException($"{path}, after line {number}: expected UTF-8, found other bytes.", invalid);
            }

            if (line is null)
            {
                yield break;
            }

            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, line.Trim());
            }
        }
    }

    public static CorpusException Error(string path, int line, string expected, string found) =>
        new($"{path}, line {line}: expected {expected}, found \"{(found.Length <= 100 ? found : found[..100] + "...")}\".");
}
