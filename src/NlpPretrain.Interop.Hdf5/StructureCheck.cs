namespace NlpPretrain.Interop.Hdf5;

/// <summary>Goes through an HDF5 file's groups and headers before PureHDF does, which believes them: its memory and its stack are then safe.</summary>
/// <remarks>
/// Only what h5py and this library write for bilm-tf's weights passes: groups of hard links, each object once, and datasets of plain numbers that lie in the file in one piece or in
/// chunks. Links by name or to other files, values in other files, attributes and shared messages do not. Source: the file format specification of HDF5 1.10, which PureHDF follows.
/// </remarks>
internal sealed class StructureCheck
{
    private const int MostDepth = 16, MostObjects = 100_000;
    private const ulong OffsetSize = 8;

    private readonly FileBytes _file;
    private readonly HashSet<ulong> _seen = [];

    private StructureCheck(FileBytes file) => _file = file;

    /// <exception cref="InvalidDataException">The file is malformed, or has what no weights have.</exception>
    internal static void Run(string path)
    {
        using FileBytes file = new(path);
        StructureCheck check = new(file);
        check.CheckObject(check.FindRoot(), 0);
    }

    private ulong FindRoot()
    {
        byte[] start = _file.Read(0, 48, "a superblock");
        if (!start.AsSpan(0, 8).SequenceEqual((ReadOnlySpan<byte>)[0x89, .. "HDF\r\n\u001a\n"u8]))
            throw new InvalidDataException("no signature of HDF5");

        int version = start[8];
        (int sizes, int first) = version switch { 0 => (13, 24), 1 => (13, 28), 2 or 3 => (9, 12), _ => throw new InvalidDataException($"a superblock of version {version}") };
        if (start[sizes] != OffsetSize || start[sizes + 1] != OffsetSize) throw new InvalidDataException($"addresses of {start[sizes]} bytes and lengths of {start[sizes + 1]}");
        if (FileBytes.Number(start, first) != 0) throw new InvalidDataException("a base address that is not 0");
        return version >= 2 ? FileBytes.Number(start, 36) : FileBytes.Number(_file.Read((ulong)first, 48, "a superblock"), 40);
    }

    private void CheckObject(ulong address, int depth)
    {
        if (depth > MostDepth) throw new InvalidDataException($"groups more than {MostDepth} deep");
        if (!_seen.Add(address)) throw new InvalidDataException(FormattableString.Invariant($"two links to the object at {address}"));
        if (_seen.Count > MostObjects) throw new InvalidDataException($"more than {MostObjects} objects");
        foreach (HeaderMessageBytes message in HeaderMessageBytes.ReadAll(_file, address))
        {
            if (message.Check(_file) is { } linked) CheckObject(linked, depth + 1);
            else if (message.Type == HeaderMessageBytes.SymbolTable) CheckSymbolTable(message.Body, depth);
        }
    }

    private void CheckSymbolTable(byte[] message, int depth)
    {
        byte[] heap = _file.Read(FileBytes.Number(message, 8), 32, "a heap of names");
        Require(heap, "HEAP"u8);
        ulong size = FileBytes.Number(heap, 8);
        byte[] names = _file.Read(FileBytes.Number(heap, 24), size, "a heap of names");
        CheckTree(FileBytes.Number(message, 0), names, null, depth);
    }

    private void CheckTree(ulong address, byte[] names, int? level, int depth)
    {
        byte[] node = _file.Read(address, 24, "a node of a group");
        Require(node, "TREE"u8);
        if (node[4] != 0 || (level is { } wanted && node[5] != wanted)) throw new InvalidDataException(FormattableString.Invariant($"a node at {address} that belongs elsewhere"));
        ulong count = FileBytes.Number(node, 6, 2);
        byte[] entries = _file.Read(address + 24, 16 * count + 8, "a node of a group");
        if (!_seen.Add(address)) throw new InvalidDataException(FormattableString.Invariant($"two ways to the node at {address}"));
        for (int i = 0; i < (int)count; i++)
        {
            RequireName(names, FileBytes.Number(entries, 16 * i));
            ulong child = FileBytes.Number(entries, 16 * i + 8);
            if (node[5] > 0) CheckTree(child, names, node[5] - 1, depth);
            else CheckSymbols(child, names, depth);
        }

        RequireName(names, FileBytes.Number(entries, 16 * (int)count));
    }

    private void CheckSymbols(ulong address, byte[] names, int depth)
    {
        byte[] head = _file.Read(address, 8, "symbols of a group");
        Require(head, "SNOD"u8);
        ulong count = FileBytes.Number(head, 6, 2);
        byte[] entries = _file.Read(address + 8, 40 * count, "symbols of a group");
        for (int i = 0; i < (int)count; i++)
        {
            RequireName(names, FileBytes.Number(entries, 40 * i));
            ulong header = FileBytes.Number(entries, 40 * i + 8), cached = FileBytes.Number(entries, 40 * i + 16, 4);
            if (cached > 1) throw new InvalidDataException("a link by name, which is followed nowhere");
            CheckObject(header, depth + 1);
            if (cached == 1) RequireSame(header, entries.AsSpan(40 * i + 24, 16));
        }
    }

    /// <summary>A link may repeat what its group's header says; a reader takes it from there.</summary>
    private void RequireSame(ulong header, ReadOnlySpan<byte> copy)
    {
        if (HeaderMessageBytes.ReadAll(_file, header).Find(message => message.Type == HeaderMessageBytes.SymbolTable) is not { } original || !copy.SequenceEqual(original.Body.AsSpan(0, copy.Length)))
            throw new InvalidDataException("a link that says another thing than its group");
    }

    private static void RequireName(byte[] names, ulong place)
    {
        if (place >= (ulong)names.Length || !names.AsSpan((int)place).Contains((byte)0)) throw new InvalidDataException("a name outside its heap");
    }

    private static void Require(byte[] bytes, ReadOnlySpan<byte> signature)
    {
        if (!bytes.AsSpan().StartsWith(signature)) throw new InvalidDataException($"no {System.Text.Encoding.ASCII.GetString(signature)} where one has to be");
    }
}
