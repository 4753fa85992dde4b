using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>A file of a checkpoint.</summary>
/// <param name="Path">Its path below the checkpoint's folder, with '/' between its parts.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hexadecimal digits.</param>
internal sealed record CheckpointFile(string Path, long Length, string Sha256);

/// <summary>The list of a checkpoint's files, written last: a checkpoint without it was never finished.</summary>
internal sealed record CheckpointManifest(int Format, long Step, IReadOnlyList<CheckpointFile> Files)
{
    internal const string FileName = "manifest.json";

    private const int CurrentFormat = 1, BufferLength = 1 << 20;
    private const long MaxLength = 16 << 20;

    /// <summary>Lists and hashes every file below a folder.</summary>
    internal static CheckpointManifest Of(string folder, long step)
    {
        var files = new List<CheckpointFile>();
        foreach (string path in Directory.EnumerateFiles(folder, "*", All))
        {
            string name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (name == FileName)
                throw new InvalidOperationException($"A checkpoint's '{FileName}' is written by CheckpointFolder; give the file another name.");
            if (!IsSafe(name))
                throw new InvalidOperationException($"A checkpoint cannot hold a file named '{name}'; use names without '\\' and ':'.");
            files.Add(Describe(path, name));
        }

        if (files.Count == 0) throw new InvalidOperationException($"Nothing was written into '{folder}'; a checkpoint has at least one file.");
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new CheckpointManifest(CurrentFormat, step, files);
    }

    /// <summary>Reads the manifest of a checkpoint and checks every file against it.</summary>
    /// <exception cref="ModelFormatException">The manifest or a file is damaged or missing.</exception>
    internal static void Verify(string folder, long step)
    {
        string path = Path.Combine(folder, FileName);
        CheckpointManifest manifest = Read(path);
        if (manifest.Step != step) throw new ModelFormatException(path, "step", Text(step), Text(manifest.Step));
        foreach (CheckpointFile expected in manifest.Files)
        {
            string file = Path.Combine(folder, expected.Path);
            if (!File.Exists(file)) throw new ModelFormatException(file, "file", $"{expected.Length} bytes", "no such file");
            long length = new FileInfo(file).Length;
            if (length != expected.Length) throw new ModelFormatException(file, "length", Text(expected.Length), Text(length));
            CheckpointFile found = Describe(file, expected.Path);
            if (found != expected) throw new ModelFormatException(file, "SHA-256", expected.Sha256, found.Sha256);
        }
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.CheckpointManifest);

    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    private static CheckpointManifest Read(string path)
    {
        if (!File.Exists(path)) throw new ModelFormatException(path, "file", "a manifest", "no such file");
        long length = new FileInfo(path).Length;
        if (length > MaxLength) throw new ModelFormatException(path, "length", $"at most {MaxLength}", Text(length));

        byte[] bytes = File.ReadAllBytes(path);
        CheckpointManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(bytes, ManifestJson.Default.CheckpointManifest)
                ?? throw new JsonException("The manifest is null.");
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException(path, "manifest", "the JSON of a manifest", exception.Message, innerException: exception);
        }

        if (manifest.Format != CurrentFormat) throw new ModelFormatException(path, "format", Text(CurrentFormat), Text(manifest.Format));
        if (manifest.Files.Count == 0) throw new ModelFormatException(path, "files", "at least one", "none");
        foreach (CheckpointFile? file in manifest.Files)
        {
            if (file is null) throw new ModelFormatException(path, "files", "files", "null");
            if (!IsSafe(file.Path)) throw new ModelFormatException(path, "path", "a path below the checkpoint's folder", $"'{file.Path}'");
        }

        // The manifest has no checksum of its own; that it is, byte for byte, what would be written leaves no room for damage to hide in.
        if (!bytes.AsSpan().SequenceEqual(manifest.ToJson()))
            throw new ModelFormatException(path, "manifest", "the bytes that were written", "others of the same meaning");
        return manifest;
    }

    private static bool IsSafe(string path) =>
        path.AsSpan().IndexOfAny('\\', ':', '\0') < 0 && !path.Split('/').Any(part => part is "" or "." or "..");

    private static CheckpointFile Describe(string path, string name)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        long length = 0;
        while (RandomAccess.Read(file, buffer, length) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return new CheckpointFile(name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
