using System.Buffers.Binary;
using System.Text;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Serialization;

/// <summary>Builds safetensors files by hand, right and wrong, independently of the writer under test.</summary>
internal static class SafeTensorsBytes
{
    public static byte[] Of(string header, params ReadOnlySpan<byte> data) => Of(Encoding.UTF8.GetBytes(header), data);

    public static byte[] Of(byte[] header, ReadOnlySpan<byte> data)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>Opens the bytes as a file.</summary>
    public static SafeTensorsReader Open(TemporaryFolder folder, byte[] bytes)
    {
        string path = folder.File("model.safetensors");
        File.WriteAllBytes(path, bytes);
        return SafeTensorsReader.Open(path);
    }
}
