using System.Buffers;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>Joins pieces written in <see cref="ByteAlphabet"/> to the bytes that they stand for, read as UTF-8.</summary>
/// <remarks>Bytes that are not UTF-8, as pieces cut inside of a character give, are U+FFFD each.</remarks>
public sealed class ByteLevelDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override string Decode(IReadOnlyList<string> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ArrayBufferWriter<byte> bytes = new();
        foreach (string piece in pieces) ByteAlphabet.Decode(piece, bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
