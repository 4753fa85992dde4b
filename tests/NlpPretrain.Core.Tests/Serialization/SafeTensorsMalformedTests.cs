using System.Buffers.Binary;
using System.Text;
using NlpPretrain.Serialization;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Serialization;

public sealed class SafeTensorsMalformedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "header")]
    [InlineData("[]", "header")]
    [InlineData(" {}", "header")]
    [InlineData("\uFEFF{}", "header")]
    [InlineData("{", "header")]
    [InlineData("{}x", "header")]
    [InlineData("{}{}", "header")]
    [InlineData("{/**/}", "header")]
    [InlineData("""{"a":1}""", "tensor 'a'")]
    [InlineData("""{"a":null}""", "tensor 'a'")]
    [InlineData("""{"a":{}}""", "tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"offsets":[0,4]}}""", "tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "tensor 'a', dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "tensor 'a'")]
    [InlineData("""{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", "tensor 'a', dtype")]
    [InlineData("""{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", "tensor 'a', dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}""", "tensor 'a', shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967297],"data_offsets":[0,4]}}""", "tensor 'a', shape")] // 2³² modulo 2⁶⁴
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""", "tensor 'a', shape")] // 4 bytes modulo 2⁶⁴
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", "tensor 'a', shape")] // half a byte
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "tensor 'a', data_offsets")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "data")] // 2 bytes hidden at the end
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}""", "tensor 'a', data_offsets")] // hidden at the start
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "tensor 'b', data_offsets")] // a hole
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}""", "tensor 'b', data_offsets")] // overlap
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "tensor 'b', data_offsets")] // the same bytes
    [InlineData("""{"__metadata__":{"a":1}}""", "__metadata__ 'a'")]
    [InlineData("""{"__metadata__":[]}""", "__metadata__")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "__metadata__ 'a'")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "__metadata__")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "header, a name")]
    public void Names_the_field_that_is_wrong(string header, string field) =>
        Opening(SafeTensorsBytes.Of(header, 1, 2, 3, 4)).Should().Throw<ModelFormatException>().Which.Field.Should().Be(field);

    [Fact]
    public void Refuses_bytes_that_are_not_utf8() =>
        Opening(SafeTensorsBytes.Of([.. "{\"__metadata__\":{\"a\":\""u8, 0xC3, .. "\"}}"u8], [])).Should().Throw<ModelFormatException>().WithMessage("*expected UTF-8*");

    [Theory]
    [InlineData(3UL)] // one byte more than there is
    [InlineData(100_000_001UL)]
    [InlineData(0x8000_0000_0000_0000UL)]
    [InlineData(ulong.MaxValue)]
    public void Refuses_a_header_longer_than_the_file_before_allocating_it(ulong length)
    {
        byte[] bytes = SafeTensorsBytes.Of("{}");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);

        Opening(bytes).Should().Throw<ModelFormatException>().WithMessage($"*byte 0, header length: expected at most 2 bytes in a file of 10, found {length}.");
    }

    [Fact]
    public void Refuses_a_header_over_the_formats_limit_even_where_the_file_is_that_long()
    {
        string path = _folder.File("sparse.safetensors");
        using (FileStream stream = File.Create(path))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, 100_000_001);
            stream.Write(length);
            stream.SetLength(200_000_000);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => SafeTensorsReader.Open(path)).Should().Throw<ModelFormatException>().WithMessage("*at most 100000000 bytes*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void A_huge_name_makes_a_short_message() =>
        Opening(SafeTensorsBytes.Of($$"""{"{{new string('x', 1_000_000)}}":1}""")).Should().Throw<ModelFormatException>().Which.Message.Length.Should().BeLessThan(1_000);

    [Fact]
    public void Random_damage_gives_the_exception_or_a_valid_reading_and_bounded_memory()
    {
        byte[] valid = Valid();
        var random = new Random(20_240_917);
        int refused = 0, read = 0;
        for (int round = 0; round < 3_000; round++)
        {
            byte[] damaged = Damage(valid, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using SafeTensorsReader reader = SafeTensorsBytes.Open(_folder, damaged);
                foreach (SafeTensorInfo tensor in reader.Tensors)
                {
                    if (tensor.Count > 8L * damaged.Length) Assert.Fail($"{damaged.Length} bytes gave a tensor of {tensor.Count} values.");
                    reader.Read(tensor.Name, new float[tensor.Count]);
                    if (tensor.Shape.Count == 2) reader.ReadMatrix(tensor.Name);
                }

                read++;
            }
            catch (ModelFormatException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // Two pooled buffers of 128 and 256 KiB, where a collection took them back, and little else.
            if (allocated > 450_000) Assert.Fail($"{damaged.Length} bytes made the reader allocate {allocated}.");
        }

        refused.Should().BeGreaterThan(500);
        read.Should().BeGreaterThan(50);
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        byte[] bytes = [.. valid];
        int headerEnd = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(valid);
        switch (random.Next(5))
        {
            case 0: // any byte
                for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1: // the header
                bytes[random.Next(headerEnd)] = (byte)random.Next(256);
                return bytes;
            case 2: // a digit, so that the JSON stays valid
                int[] digits = [.. Enumerable.Range(8, headerEnd - 8).Where(i => char.IsAsciiDigit((char)valid[i]))];
                bytes[digits[random.Next(digits.Length)]] = (byte)random.Next('0', '9' + 1);
                return bytes;
            case 3:
                return bytes[..random.Next(bytes.Length)];
            default: // a copied or removed piece
                int start = random.Next(bytes.Length), end = random.Next(start, Math.Min(bytes.Length, start + 40));
                return random.Next(2) == 0 ? [.. bytes[..end], .. bytes[start..]] : [.. bytes[..start], .. bytes[end..]];
        }
    }

    private static byte[] Valid()
    {
        const string Header = """{"__metadata__":{"format":"pt"},"wte.weight":{"dtype":"F32","shape":[3,5],"data_offsets":[0,60]},"ln.weight":{"dtype":"F16","shape":[6],"data_offsets":[60,72]},"ids":{"dtype":"BF16","shape":[1,1,2],"data_offsets":[72,76]},"s":{"dtype":"F32","shape":[],"data_offsets":[76,80]}} """;
        return SafeTensorsBytes.Of(Encoding.UTF8.GetBytes(Header), new byte[80]);
    }

    private Action Opening(byte[] bytes) => () => SafeTensorsBytes.Open(_folder, bytes).Dispose();
}
