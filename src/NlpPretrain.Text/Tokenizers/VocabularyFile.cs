using System.Text;

namespace NlpPretrain.Text;

/// <summary>Files of pieces, a line each, in UTF-8.</summary>
internal static class VocabularyFile
{
    /// <summary>The most lines of a file, and what they add up to with their ends: the published vocabularies have 120,000 lines.</summary>
    internal const int MaxPieces = 1 << 23, MaxCharacters = 1 << 26;

    /// <summary>Opens a file and reads it; what cannot be read gives a <see cref="TokenizerException"/>.</summary>
    internal static T Read<T>(string path, Func<Stream, string, T> read)
    {
        try
        {
            return WholeFile.Read(path, read);
        }
        catch (CorpusException failure)
        {
            throw new TokenizerException(failure.Message, failure);
        }
    }

    internal static List<string> ReadPieces(Stream source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        LineReader reader = new(source, name);
        List<string> pieces = [];
        try
        {
            long characters = 0;
            while (reader.Read(out ReadOnlySpan<char> line))
            {
                characters += line.Length + 1;
                if (characters > MaxCharacters || pieces.Count == MaxPieces) throw reader.Error($"at most {MaxPieces} pieces of {MaxCharacters} characters", line);
                pieces.Add(line.ToString());
            }
        }
        catch (CorpusException failure)
        {
            throw new TokenizerException(failure.Message, failure);
        }

        return pieces;
    }

    internal static void Write(Stream target, IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(target);
        using StreamWriter writer = new(target, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };

        // A reader takes a leading byte order mark away: one more keeps the piece whole.
        if (pieces.Count > 0 && pieces[0].StartsWith(LineReader.ByteOrderMark)) writer.Write(LineReader.ByteOrderMark);
        foreach (string piece in pieces) writer.WriteLine(piece);
    }
}
