using System.Runtime.InteropServices;
using NlpPretrain.Text;

namespace NlpPretrain.Bert;

/// <summary>Sequences in a temporary file, to be read in any order; they are not masked.</summary>
/// <remarks>A sequence is written as where its second segment begins, complemented where it is a random one, and its tokens. Not for several threads.</remarks>
internal sealed class SequenceFile : IDisposable
{
    private readonly TemporaryIds _file = new();
    private readonly NumberFile _starts = new();
    private readonly List<int> _lengths = [];
    private readonly int[] _sequence;

    private SequenceFile(int mostTokens) => _sequence = new int[mostTokens + 1];

    /// <summary>Tokens of each sequence.</summary>
    internal ReadOnlySpan<int> Lengths => CollectionsMarshal.AsSpan(_lengths);

    /// <exception cref="IOException">The temporary folder is full.</exception>
    internal static SequenceFile Create(SentenceFile sentences, SequenceCutter cutter, BertDataOptions options, int start, int separator, CancellationToken cancellationToken)
    {
        SequenceFile file = new(options.SequenceLength);
        try
        {
            foreach (SequencePair pair in cutter.Cut())
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Write(sentences, pair, start, separator);
            }

            file._starts.Flush();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a sequence.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="second">Where its second segment begins.</param>
    /// <param name="isNext">Whether that follows the first.</param>
    /// <returns>Its tokens, with the complements of those that go on with a word; good until the next is read.</returns>
    internal Span<int> Read(int index, out int second, out bool isNext)
    {
        Span<int> all = _sequence.AsSpan(0, _lengths[index] + 1);
        _file.Read(MemoryMarshal.AsBytes(all), _starts[index] * sizeof(int));
        isNext = all[0] >= 0;
        second = isNext ? all[0] : ~all[0];
        return all[1..];
    }

    public void Dispose()
    {
        _file.Dispose();
        _starts.Dispose();
    }

    private void Write(SentenceFile sentences, SequencePair pair, int start, int separator)
    {
        int second = pair.FirstLength + 2;
        Span<int> all = _sequence.AsSpan(0, pair.Length + 1), tokens = all[1..];
        all[0] = pair.IsNext ? second : ~second;
        (tokens[0], tokens[second - 1], tokens[^1]) = (start, separator, separator);
        sentences.Read(pair.First, tokens.Slice(1, pair.FirstLength));
        sentences.Read(pair.Second, tokens.Slice(second, pair.SecondLength));
        _starts.Add(_file.Length / sizeof(int));
        _lengths.Add(pair.Length);
        _file.Append(MemoryMarshal.AsBytes(all));
    }
}
