namespace NlpPretrain.Interop.Hdf5;

/// <summary>A message of an object's header, whose parts may not claim more than it has.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record HeaderMessageBytes(int Type, byte[] Body)
{
    internal const int SymbolTable = 0x11;

    private const int LinkInfo = 0x02, Datatype = 0x03, OldFillValue = 0x04, FillValue = 0x05, Link = 0x06, ExternalFiles = 0x07, Layout = 0x08, Attribute = 0x0C, SharedTable = 0x0F,
        Continuation = 0x10, DriverInfo = 0x14;
    private const int MostBlocks = 10_000, SharedFlag = 2;

    /// <summary>All messages of the header at an address, those of its continuations too.</summary>
    internal static List<HeaderMessageBytes> ReadAll(FileBytes file, ulong address)
    {
        byte[] start = file.Read(address, 16, "a header");
        bool isSecond = start.AsSpan().StartsWith("OHDR"u8);
        if (isSecond ? start[4] != 2 : start[0] != 1) throw new InvalidDataException(FormattableString.Invariant($"no header of an object at {address}"));

        int flags = isSecond ? start[5] : 0, size = isSecond ? 1 << (flags & 3) : 4;
        ulong place = isSecond ? address + 6 + ((flags & 0x20) != 0 ? 16u : 0) + ((flags & 0x10) != 0 ? 4u : 0) : address + 8;
        ulong length = FileBytes.Number(file.Read(place, (ulong)size, "a header"), 0, size);
        Queue<(ulong Address, ulong Length)> blocks = new([(isSecond ? place + (ulong)size : address + 16, length)]);
        List<HeaderMessageBytes> messages = [];
        for (int block = 0; blocks.TryDequeue(out (ulong Address, ulong Length) next); block++)
        {
            if (block == MostBlocks) throw new InvalidDataException("a header that goes on without an end");
            byte[] bytes = file.Read(next.Address, next.Length, "a header");
            if (isSecond && block > 0)
            {
                if (!bytes.AsSpan().StartsWith("OCHK"u8) || bytes.Length < 8) throw new InvalidDataException("no OCHK where a header goes on");
                bytes = bytes[4..^4];
            }

            Cut(bytes, isSecond, (flags & 4) != 0, messages, blocks);
        }

        return messages;
    }

    /// <summary>Checks that its parts are within it, and what they lead to within the file.</summary>
    /// <returns>The address of the object that a link leads to; null for another message.</returns>
    internal ulong? Check(FileBytes file)
    {
        switch (Type)
        {
            case ExternalFiles: throw new InvalidDataException("values in other files");
            case Attribute: throw new InvalidDataException("attributes, of which weights have none");
            case SharedTable or DriverInfo: throw new InvalidDataException($"a message of the kind {Type}, of which weights have none");
            case Datatype when (Body[0] & 15) is not (0 or 1 or 3): throw new InvalidDataException("values that are no plain numbers");
            case LinkInfo when FileBytes.Number(Body, (Body[1] & 1) != 0 ? 10 : 2) != FileBytes.NoAddress: throw new InvalidDataException("a group in the dense form, of which weights have none");
            case OldFillValue: RequireRest(4, FileBytes.Number(Body, 0, 4)); break;
            case FillValue when Body[0] < 3: RequireRest(8, Body[0] == 1 || Body[3] == 1 ? FileBytes.Number(Body, 4, 4) : 0, optional: true); break;
            case FillValue: RequireRest(6, (Body[1] & 0x20) != 0 ? FileBytes.Number(Body, 2, 4) : 0, optional: true); break;
            case Layout: CheckLayout(file); break;
            case Link: return CheckLink();
        }

        return null;
    }

    private static void Cut(byte[] bytes, bool isSecond, bool hasOrder, List<HeaderMessageBytes> messages, Queue<(ulong, ulong)> blocks)
    {
        int head = isSecond ? (hasOrder ? 6 : 4) : 8;
        for (int place = 0; place + head <= bytes.Length;)
        {
            int type = (int)FileBytes.Number(bytes, place, isSecond ? 1 : 2), size = (int)FileBytes.Number(bytes, place + (isSecond ? 1 : 2), 2), flags = bytes[place + (isSecond ? 3 : 4)];
            place += head;
            if (size > bytes.Length - place) throw new InvalidDataException($"a message of {size} bytes in a header that has {bytes.Length - place}");
            if ((flags & SharedFlag) != 0) throw new InvalidDataException("a shared message, of which weights have none");
            byte[] body = bytes.AsSpan(place, size).ToArray();
            place += size;
            if (type == Continuation) blocks.Enqueue((FileBytes.Number(body, 0), FileBytes.Number(body, 8)));
            else if (type != 0 && size == 0) throw new InvalidDataException($"an empty message of the kind {type}");
            else messages.Add(new(type, body));
        }
    }

    private void CheckLayout(FileBytes file)
    {
        const int Compact = 0, Contiguous = 1, Chunked = 2;
        if (Body[0] is not (3 or 4) || Body.Length < 4) throw new InvalidDataException($"a layout of version {Body[0]}");
        switch (Body[1])
        {
            case Compact: RequireRest(4, FileBytes.Number(Body, 2, 2)); break;
            case Contiguous:
                if (FileBytes.Number(Body, 2) is not FileBytes.NoAddress and ulong address) file.Require(address, FileBytes.Number(Body, 10), "values");
                break;
            case Chunked: break;
            default: throw new InvalidDataException("values in other datasets");
        }
    }

    private ulong CheckLink()
    {
        int flags = Body[1], place = 2;
        if ((flags & 8) != 0 && FileBytes.Number(Body, place++, 1) != 0) throw new InvalidDataException("a link by name or to another file, which is followed nowhere");
        if ((flags & 4) != 0) place += 8;
        if ((flags & 16) != 0) place++;
        int size = 1 << (flags & 3);
        ulong length = FileBytes.Number(Body, place, size);
        RequireRest(place + size, length);
        return FileBytes.Number(Body, place + size + (int)length);
    }

    private void RequireRest(int place, ulong length, bool optional = false)
    {
        if (optional && length == 0) return;
        if (place > Body.Length || length > (ulong)(Body.Length - place)) throw new InvalidDataException(FormattableString.Invariant($"{length} bytes in a message that has {Body.Length}"));
    }
}
