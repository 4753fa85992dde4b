using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Serialization;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_the_bytes_of_the_format()
    {
        using var stream = new MemoryStream();

        SafeTensors.Write(stream, [SafeTensor.FromValues("w", new float[] { 1, -2.5f }, 2, 1), SafeTensor.FromValues("s", new float[] { 3 })],
            new Dictionary<string, string> { ["z"] = "1", ["format"] = "pt", ["名"] = "值\"" });

        byte[] bytes = stream.ToArray();
        const string Header = """{"__metadata__":{"format":"pt","z":"1","名":"值\""},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"s":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}""";
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        (length % 8).Should().Be(0);
        Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' ').Should().Be(Header);
        bytes[(8 + length)..].Should().Equal(0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 0, 0, 0x40, 0x40);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(1_000, 100)] // more than one buffer
    [InlineData(2, 200_001)] // a row longer than the buffer
    [InlineData(0, 4)]
    public void A_matrix_comes_back_with_its_bits(int rows, int columns)
    {
        Matrix matrix = Random(rows, columns, seed: 5);
        string path = _folder.File("m.safetensors");

        SafeTensors.Write(path, [SafeTensor.FromValues("first", new float[] { 7 }, 1), SafeTensor.FromMatrix("m", matrix), SafeTensor.FromValues("last", new float[] { 8 }, 1)]);

        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        Matrix back = reader.ReadMatrix("m");
        (back.Rows, back.Columns).Should().Be((rows, columns));
        for (int row = 0; row < rows; row++) Bits(back[row]).Should().Equal(Bits(matrix[row]));
        float[] one = new float[1];
        reader.Read("last", one);
        one.Should().Equal(8);
    }

    [Fact]
    public void Keeps_infinities_signed_zeros_and_payloads_of_nan()
    {
        float[] values = [float.NaN, BitConverter.UInt32BitsToSingle(0x7F80_1234), float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon];
        string path = _folder.File("odd.safetensors");

        SafeTensors.Write(path, [SafeTensor.FromValues("x", values, values.Length)]);

        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        float[] back = new float[values.Length];
        reader.Read("x", back);
        Bits(back).Should().Equal(Bits(values));
    }

    [Fact]
    public void Rows_are_asked_for_once_in_order_and_may_share_memory()
    {
        var asked = new List<long>();
        float[] row = new float[2];
        string path = _folder.File("rows.safetensors");

        SafeTensors.Write(path, [SafeTensor.FromRows("x", [2, 3, 2], number => { asked.Add(number); row[0] = number; row[1] = -number; return row; })]);

        asked.Should().Equal(0, 1, 2, 3, 4, 5);
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        float[] back = new float[12];
        reader.Read("x", back);
        back.Should().Equal(0, -0f, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5);
    }

    [Fact]
    public void Writing_allocates_no_copy_of_the_tensor()
    {
        float[] row = new float[1 << 16];
        SafeTensor tensor = SafeTensor.FromRows("x", [1_000, row.Length], _ => row); // 262 MB

        SafeTensors.Write(Stream.Null, [tensor]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SafeTensors.Write(Stream.Null, [tensor]);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100_000);
    }

    [Fact]
    public void A_tensor_past_2_gigabytes_has_the_right_offsets()
    {
        float[] row = new float[1 << 20];
        using var head = new HeadStream(4_096);

        SafeTensors.Write(head, [SafeTensor.FromRows("x", [520, row.Length], _ => row), SafeTensor.FromValues("y", new float[] { 1 }, 1)]);

        head.Length.Should().Be(8 + (long)BinaryPrimitives.ReadUInt64LittleEndian(head.Start) + 520L * row.Length * 4 + 4);
        using JsonDocument header = JsonDocument.Parse(head.Start.AsMemory(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(head.Start)));
        header.RootElement.GetProperty("y").GetProperty("data_offsets")[0].GetInt64().Should().Be(520L * row.Length * 4);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_beside_it()
    {
        string path = _folder.Write("model.safetensors", "old");

        Action write = () => SafeTensors.Write(path, [SafeTensor.FromRows("x", [5, 2], row => row < 3 ? new float[2] : throw new IOException("The source failed."))]);

        write.Should().Throw<IOException>().WithMessage("The source failed.");
        File.ReadAllText(path).Should().Be("old");
        Directory.GetFileSystemEntries(_folder.Path).Should().Equal(path);
    }

    [Fact]
    public void A_row_of_another_length_is_an_error()
    {
        Action write = () => SafeTensors.Write(Stream.Null, [SafeTensor.FromRows("x", [5, 2], row => new float[row == 3 ? 3 : 2])]);
        write.Should().Throw<InvalidOperationException>().WithMessage("Row 3 of tensor 'x' has 3 values; its shape says 2*");
    }

    [Fact]
    public void A_full_disk_is_an_error()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Needs /dev/full.");
        using var stream = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        stream.Invoking(s => SafeTensors.Write(s, [SafeTensor.FromValues("x", new float[1], 1)])).Should().Throw<IOException>();
    }

    [Fact]
    public void Refuses_names_and_shapes_that_cannot_be_written()
    {
        SafeTensor Named(string name) => SafeTensor.FromValues(name, new float[1], 1);
        void Write(params SafeTensor[] tensors) => SafeTensors.Write(Stream.Null, tensors);

        FluentActions.Invoking(() => Write(Named("a"), Named("a"))).Should().Throw<ArgumentException>().WithMessage("Two tensors are named 'a'*");
        FluentActions.Invoking(() => Write(Named("__metadata__"))).Should().Throw<ArgumentException>().WithMessage("*reserves*");
        FluentActions.Invoking(() => Write(Named("\ud800"))).Should().Throw<ArgumentException>().WithMessage("*half a surrogate pair*");
        FluentActions.Invoking(() => SafeTensor.FromValues("a", new float[3], 2, 2)).Should().Throw<ArgumentException>().WithMessage("*[2, 2], which is 4 elements; 3 were given*");
        FluentActions.Invoking(() => SafeTensor.FromRows("a", [-1], _ => default)).Should().Throw<ArgumentException>().WithMessage("*dimension of -1*");
        FluentActions.Invoking(() => SafeTensor.FromRows("a", [1L << 32, 1L << 32], _ => default)).Should().Throw<ArgumentException>().WithMessage("*larger than a file*");
        FluentActions.Invoking(() => SafeTensor.FromRows("a", [1L << 61], _ => default)).Should().Throw<ArgumentException>().WithMessage("*larger than a file*");
        FluentActions.Invoking(() => SafeTensors.Write(Stream.Null, [], new Dictionary<string, string> { ["x"] = new string('x', 100_000_001) }))
            .Should().Throw<ArgumentException>().WithMessage("*the format allows 100000000*");
    }

    private static Matrix Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref float value in matrix[row]) value = random.NextSingle() - 0.5f;
        }

        return matrix;
    }

    private static uint[] Bits(ReadOnlySpan<float> values) => System.Runtime.InteropServices.MemoryMarshal.Cast<float, uint>(values).ToArray();

    /// <summary>Counts what is written and keeps the start of it.</summary>
    private sealed class HeadStream(int kept) : Stream
    {
        private long _length;

        public byte[] Start { get; } = new byte[kept];

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_length < Start.Length) buffer[..(int)Math.Min(buffer.Length, Start.Length - _length)].CopyTo(Start.AsSpan((int)_length));
            _length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
