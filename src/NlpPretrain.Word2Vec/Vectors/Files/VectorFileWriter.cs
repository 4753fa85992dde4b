using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Writes both formats through one buffer.</summary>
internal sealed class VectorFileWriter(Stream stream)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>The longest text of a float with a sign and an exponent is shorter.</summary>
    private const int MostBytesOfValue = 32;

    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\n\v\f\r");

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _filled;

    /// <summary>Refuses words that a reader would cut apart, before anything is written.</summary>
    public static void CheckWords(WordVectors vectors)
    {
        for (int index = 0; index < vectors.Count; index++)
        {
            ReadOnlySpan<char> word = vectors.WordList.Characters(index);
            if (word.ContainsAny(Separators))
            {
                throw new ArgumentException($"The word '{word}' (index {index}) has a space, tab or line end in it, where readers of vector files end a word. Replace it, by '_' for example.");
            }

            try
            {
                Strict.GetByteCount(word);
            }
            catch (EncoderFallbackException cause)
            {
                throw new ArgumentException($"The word '{word}' (index {index}) has half a surrogate pair in it, which UTF-8 cannot express.", cause);
            }
        }
    }

    public void WriteText(WordVectors vectors)
    {
        WriteHeader(vectors);
        for (int index = 0; index < vectors.Count; index++)
        {
            Write(vectors.WordList.Characters(index));
            foreach (float value in vectors.Row(index))
            {
                Span<byte> target = Reserve(1 + MostBytesOfValue);
                target[0] = (byte)' ';
                value.TryFormat(target[1..], out int written, "R", CultureInfo.InvariantCulture);
                _filled += 1 + written;
            }

            WriteByte('\n');
        }

        Flush();
    }

    public void WriteBinary(WordVectors vectors, bool lineEnds)
    {
        WriteHeader(vectors);
        for (int index = 0; index < vectors.Count; index++)
        {
            Write(vectors.WordList.Characters(index));
            WriteByte(' ');
            Write(vectors.Row(index));
            if (lineEnds)
            {
                WriteByte('\n');
            }
        }

        Flush();
    }

    private void WriteHeader(WordVectors vectors) => Write(string.Create(CultureInfo.InvariantCulture, $"{vectors.Count} {vectors.Dimensions}\n"));

    private void Write(ReadOnlySpan<char> text)
    {
        if (Strict.GetMaxByteCount(text.Length) <= BufferBytes)
        {
            // Reserve may empty the buffer: its result comes before what is filled is read.
            Span<byte> target = Reserve(Strict.GetMaxByteCount(text.Length));
            _filled += Strict.GetBytes(text, target);
        }
        else
        {
            Flush();
            stream.Write(Strict.GetBytes(text.ToString()));
        }
    }

    private void Write(ReadOnlySpan<float> row)
    {
        for (int done = 0; done < row.Length;)
        {
            int part = Math.Min(row.Length - done, BufferBytes / sizeof(float));
            Span<int> target = MemoryMarshal.Cast<byte, int>(Reserve(part * sizeof(float)))[..part];
            ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(row.Slice(done, part));
            if (BitConverter.IsLittleEndian)
            {
                bits.CopyTo(target);
            }
            else
            {
                BinaryPrimitives.ReverseEndianness(bits, target);
            }

            _filled += part * sizeof(float);
            done += part;
        }
    }

    private void WriteByte(char value)
    {
        Reserve(1)[0] = (byte)value;
        _filled++;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (BufferBytes - _filled < bytes)
        {
            Flush();
        }

        return _buffer.AsSpan(_filled);
    }

    private void Flush()
    {
        stream.Write(_buffer, 0, _filled);
        _filled = 0;
    }
}
