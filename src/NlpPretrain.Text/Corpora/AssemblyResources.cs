using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace NlpPretrain.Text;

/// <summary>Reads the strings that are embedded in a .NET assembly, without loading it.</summary>
internal static class AssemblyResources
{
    private const string Extension = ".resources";

    /// <summary>The strings by key, resource and name separated by a slash, in ordinal order of keys.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="culture">The culture that ends the names of a satellite's resources, or empty for a neutral assembly.</param>
    public static SortedDictionary<string, string> Read(string path, string culture)
    {
        string suffix = culture.Length == 0 ? Extension : $".{culture}{Extension}";
        var strings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var image = new PEReader(File.OpenRead(path));
            if (!image.HasMetadata) throw new BadImageFormatException("It is no .NET assembly.");

            MetadataReader metadata = image.GetMetadataReader();
            foreach (ManifestResourceHandle handle in metadata.ManifestResources)
            {
                ManifestResource resource = metadata.GetManifestResource(handle);
                string name = metadata.GetString(resource.Name);
                if (!resource.Implementation.IsNil || !name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;

                try
                {
                    string table = name[..^suffix.Length];
                    ResourceStrings.Read(Table(image, resource.Offset), (key, text) => strings.TryAdd($"{table}/{key}", text));
                }
                catch (FormatException exception)
                {
                    throw new CorpusException($"'{path}', resource '{name}', {exception.Message}", exception);
                }
            }

            return strings;
        }
        catch (Exception exception) when (exception is BadImageFormatException or OverflowException)
        {
            throw new CorpusException($"'{path}' is not a well-formed assembly: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException and not CorpusException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>An embedded resource: its length, then its bytes.</summary>
    private static unsafe ReadOnlySpan<byte> Table(PEReader image, long offset)
    {
        DirectoryEntry folder = image.PEHeaders.CorHeader!.ResourcesDirectory;
        if (folder.RelativeVirtualAddress < 0) throw new BadImageFormatException("The address of the resources is negative.");

        PEMemoryBlock block = image.GetSectionData(folder.RelativeVirtualAddress);
        var resources = new ReadOnlySpan<byte>(block.Pointer, Math.Min(block.Length, Math.Max(folder.Size, 0)));
        if (offset + 4 > resources.Length) throw new BadImageFormatException($"A resource at {offset} is past the end of the resources.");

        int length = BinaryPrimitives.ReadInt32LittleEndian(resources[(int)offset..]);
        ReadOnlySpan<byte> rest = resources[((int)offset + 4)..];
        return (uint)length <= (uint)rest.Length
            ? rest[..length]
            : throw new BadImageFormatException($"The resource at {offset} should have {length} bytes; {rest.Length} are left.");
    }
}
