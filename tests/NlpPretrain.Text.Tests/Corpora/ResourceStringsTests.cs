using System.Buffers.Binary;
using System.Resources;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed class ResourceStringsTests
{
    [Fact]
    public void ReadsStringsAndNothingElse()
    {
        string longText = new('中', 50_000);
        byte[] table = Table(writer =>
        {
            writer.AddResource("text", "Hello 😀\n");
            writer.AddResource("empty", "");
            writer.AddResource("long", longText);
            writer.AddResource("number", 7);
            writer.AddResource("bytes", new byte[] { 1, 2, 3 });
            writer.AddResource("nothing", (string?)null);
            writer.AddResource("名", "名字");
        });

        Read(table).Should().BeEquivalentTo(new Dictionary<string, string> { ["text"] = "Hello 😀\n", ["empty"] = "", ["long"] = longText, ["名"] = "名字" });
    }

    [Fact]
    public void AnEmptyTableHasNoStrings() => Read(Table(_ => { })).Should().BeEmpty();

    [Fact]
    public void EveryTruncationIsAFormatException()
    {
        byte[] table = Table(writer => { writer.AddResource("a", "first"); writer.AddResource("b", "second"); });

        for (int length = 0; length < table.Length; length++)
        {
            byte[] part = table[..length];
            part.Invoking(Read).Should().Throw<FormatException>("{0} of {1} bytes are there", length, table.Length).WithMessage("byte *");
        }
    }

    [Fact]
    public void AnyChangeIsReadOrAFormatException()
    {
        byte[] table = Table(writer => { for (int index = 0; index < 20; index++) writer.AddResource($"name {index}", new string('x', index)); });
        var random = new Random(11);
        int rejected = 0;
        for (int time = 0; time < 20_000; time++)
        {
            byte[] changed = [.. table];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int position = random.Next(changed.Length - 4);
                int value = random.Next(4) switch { 0 => -1, 1 => int.MaxValue, 2 => int.MinValue, _ => random.Next() };
                BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(position), value);
            }

            try
            {
                Read(changed);
            }
            catch (FormatException)
            {
                rejected++;
            }
        }

        rejected.Should().BeInRange(5_000, 19_999);
    }

    [Fact]
    public void NamesCannotShareOneLongText()
    {
        byte[] table = Table(writer => { for (int index = 0; index < 100; index++) writer.AddResource($"{index:D2}", index == 0 ? new string('x', 10_000) : ""); });
        int values = FindLongText(table, out int longText);
        for (int name = 0; name < 100; name++) BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(values - (100 * 9) + (name * 9) + 5), longText - values);

        table.Invoking(Read).Should().Throw<FormatException>().WithMessage("*text should be one of its own*");
    }

    /// <summary>Where the values start and where the one text of 10,000 characters is; the names, of 9 bytes each, end where the values start.</summary>
    private static int FindLongText(byte[] table, out int longText)
    {
        longText = table.AsSpan().IndexOf("xxxx"u8) - 3;
        int header = 12 + BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(8));
        int hashes = (header + 12 + 7) & ~7;
        return BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(hashes + (2 * 4 * 100)));
    }

    private static byte[] Table(Action<ResourceWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new ResourceWriter(stream))
        {
            write(writer);
            writer.Generate();
            return stream.ToArray();
        }
    }

    private static Dictionary<string, string> Read(byte[] table)
    {
        var strings = new Dictionary<string, string>();
        ResourceStrings.Read(table, (name, text) => strings[name] = text);
        return strings;
    }
}
