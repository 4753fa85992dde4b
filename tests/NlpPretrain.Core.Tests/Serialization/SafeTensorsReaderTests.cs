using System.Buffers.Binary;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Serialization;

public sealed class SafeTensorsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_the_example_of_the_formats_documentation()
    {
        byte[] published = [.. "<\0\0\0\0\0\0\0{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}"u8, .. new byte[16]];

        using SafeTensorsReader reader = SafeTensorsBytes.Open(_folder, published);

        SafeTensorInfo tensor = reader.Tensors.Should().ContainSingle().Subject;
        (tensor.Name, tensor.Type, tensor.Count, tensor.Offset, tensor.Length).Should().Be(("test", "I32", 4L, 68L, 16L));
        tensor.Shape.Should().Equal(2, 2);
        reader.Invoking(r => r.Read("test", new float[4])).Should().Throw<ModelFormatException>()
            .WithMessage("*byte 68, tensor 'test', dtype: expected F32, F16 or BF16, found I32.");
    }

    [Fact]
    public void Reads_single_half_and_brain_floats_scalars_and_empty_tensors_in_any_order()
    {
        const string Header = """
            {"b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},"__metadata__":{"format":"pt","名":"值"},
             "s":{"shape":[],"dtype":"F32","data_offsets":[8,12]},"e":{"data_offsets":[8,8],"dtype":"F32","shape":[0,7]},
             "f":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[2,1,1],"data_offsets":[16,20]}}   
            """;
        using SafeTensorsReader reader = SafeTensorsBytes.Open(_folder, SafeTensorsBytes.Of(Header,
            0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, /* 1, −2.5 */ 0xDB, 0x0F, 0x49, 0x40, /* π */ 0x80, 0x3F, 0x49, 0x40, /* 1, 3.140625 */ 0, 0x3C, 1, 0 /* 1, 2⁻²⁴ */));

        reader.Tensors.Select(tensor => tensor.Name).Should().Equal("f", "e", "s", "b", "h");
        reader.Metadata.Should().Equal(new Dictionary<string, string> { ["format"] = "pt", ["名"] = "值" });
        Values(reader, "f").Should().Equal(1, -2.5f);
        Values(reader, "s").Should().Equal(MathF.PI);
        Values(reader, "b").Should().Equal(1, 3.140625f);
        Values(reader, "h").Should().Equal(1, MathF.Pow(2, -24));
        Values(reader, "e").Should().BeEmpty();
        reader.Contains("e").Should().BeTrue();
        reader.Contains("E").Should().BeFalse();
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Widens_every_half_exactly(string type)
    {
        byte[] data = new byte[2 * 65_536];
        for (int bits = 0; bits < 65_536; bits++) BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(2 * bits), (ushort)bits);
        string header = $$$"""{"x":{"dtype":"{{{type}}}","shape":[65536],"data_offsets":[0,131072]}}""";
        using SafeTensorsReader reader = SafeTensorsBytes.Open(_folder, SafeTensorsBytes.Of(header, data));

        float[] values = Values(reader, "x");

        for (int bits = 0; bits < 65_536; bits++)
        {
            float expected = (float)(type == "F16" ? Decode(bits, exponentBits: 5, fractionBits: 10) : Decode(bits, exponentBits: 8, fractionBits: 7));
            if (!values[bits].Equals(expected) || float.IsNegative(values[bits]) != bits >= 0x8000) Assert.Fail($"0x{bits:X4} gave {values[bits]:R} for {expected:R}.");
        }
    }

    [Fact]
    public void Reads_a_part_of_a_tensor()
    {
        using SafeTensorsReader reader = Numbers(shape: "[3,2]", count: 6);
        float[] part = new float[3];

        reader.Read("x", 2, part);

        part.Should().Equal(2, 3, 4);
        reader.Invoking(r => r.Read("x", 4, new float[3])).Should().Throw<ArgumentOutOfRangeException>();
        reader.Invoking(r => r.Read("x", -1, new float[3])).Should().Throw<ArgumentOutOfRangeException>();
        reader.Invoking(r => r.Read("x", new float[5])).Should().Throw<ArgumentException>().WithMessage("*has 5 values; tensor 'x' has 6*");
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 16)]
    [InlineData(700, 300)] // more than one chunk, with a rest
    [InlineData(2, 70_001)] // a row longer than a chunk
    public void Reads_a_matrix_and_leaves_its_padding_zero(int rows, int columns)
    {
        using SafeTensorsReader reader = Numbers($"[{rows},{columns}]", rows * columns);

        Matrix matrix = reader.ReadMatrix("x");

        (matrix.Rows, matrix.Columns).Should().Be((rows, columns));
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (matrix[row][column] != row * columns + column) Assert.Fail($"[{row}, {column}] is {matrix[row][column]}.");
            }

            matrix.Padded.Slice(row * matrix.Stride + columns, matrix.Stride - columns).ContainsAnyExcept(0f).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData("[6]", "F32", 24)]
    [InlineData("[1,2,3]", "F32", 24)]
    [InlineData("[2,0]", "F32", 0)]
    [InlineData("[0,2147483647]", "F32", 0)]
    [InlineData("[0,9223372036854775807]", "F32", 0)]
    [InlineData("[2147483648,0]", "F32", 0)]
    public void Refuses_a_matrix_of_another_shape(string shape, string type, int length)
    {
        string header = $$$"""{"x":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[0,{{{length}}}]}}""";
        using SafeTensorsReader reader = SafeTensorsBytes.Open(_folder, SafeTensorsBytes.Of(header, new byte[length]));

        reader.Invoking(r => r.ReadMatrix("x")).Should().Throw<ModelFormatException>().Which.Field.Should().Be("tensor 'x', shape");
    }

    [Fact]
    public void A_missing_tensor_and_an_unexpected_shape_are_named()
    {
        using SafeTensorsReader reader = Numbers("[3,2]", 6);

        reader.Invoking(r => r["wte"]).Should().Throw<ModelFormatException>().WithMessage("*header: expected a tensor 'wte', found 'x'.");
        reader.Require("x", 3, 2).Name.Should().Be("x");
        reader.Invoking(r => r.Require("x", 2, 3)).Should().Throw<ModelFormatException>().WithMessage("*tensor 'x', shape: expected [2, 3], found [3, 2].");
    }

    [Fact]
    public void A_file_that_shrinks_while_open_is_an_error_and_not_a_hang()
    {
        using SafeTensorsReader reader = Numbers("[3,2]", 6);
        using (FileStream stream = new(reader.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) stream.SetLength(reader["x"].Offset + 10);

        reader.Invoking(r => r.Read("x", new float[6])).Should().Throw<ModelFormatException>().WithMessage("*expected 14 more bytes, found the end of the file*");
    }

    [Fact]
    public void A_missing_file_is_the_file_systems_error() =>
        FluentActions.Invoking(() => SafeTensorsReader.Open(_folder.File("absent"))).Should().Throw<FileNotFoundException>();

    private SafeTensorsReader Numbers(string shape, int count)
    {
        byte[] data = new byte[4 * count];
        for (int i = 0; i < count; i++) BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), i);
        return SafeTensorsBytes.Open(_folder, SafeTensorsBytes.Of($$$"""{"x":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,{{{4 * count}}}]}}""", data));
    }

    private static float[] Values(SafeTensorsReader reader, string name)
    {
        float[] values = new float[reader[name].Count];
        reader.Read(name, values);
        return values;
    }

    /// <summary>IEEE 754's definition, in double.</summary>
    private static double Decode(int bits, int exponentBits, int fractionBits)
    {
        int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1), bias = (1 << (exponentBits - 1)) - 1;
        double fraction = (bits & ((1 << fractionBits) - 1)) / (double)(1 << fractionBits);
        double sign = bits >= 0x8000 ? -1 : 1;
        if (exponent == (1 << exponentBits) - 1) return fraction == 0 ? sign * double.PositiveInfinity : double.NaN;
        return exponent == 0 ? sign * fraction * Math.Pow(2, 1 - bias) : sign * (1 + fraction) * Math.Pow(2, exponent - bias);
    }
}
