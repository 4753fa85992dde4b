using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NlpPretrain.Training;

/// <summary>Makes what was written survive a loss of power.</summary>
/// <remarks>.NET's own flush reports no failure on Unix and cannot be asked of a folder, whose entries are data too: hence libc.</remarks>
internal static partial class DurableStorage
{
    private const int ReadOnly = 0, Interrupted = 4, InvalidArgument = 22;

    /// <summary>Waits until a file's bytes are on the disk.</summary>
    /// <param name="path">The file; whoever wrote it has closed it.</param>
    /// <exception cref="IOException">The disk did not take them.</exception>
    internal static void SyncFile(string path)
    {
        FileAccess access = OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read;
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite);

        // On a Mac fsync leaves the bytes in the drive's own cache, which .NET's flush empties.
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()) RandomAccess.FlushToDisk(file);
        if (!OperatingSystem.IsWindows() && Sync(file) is var error and not 0) throw Failed("sync", path, error);
    }

    /// <summary>Waits until a folder's entries are on the disk: files that were created in it, renamed or deleted.</summary>
    /// <remarks>Windows has no such call: its file system keeps a journal of them.</remarks>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk did not take them.</exception>
    internal static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;

        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Failed("open", path, Marshal.GetLastPInvokeError());
        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);

        // Some network file systems answer "invalid argument": their folders cannot be synced, which is no failure of the disk.
        if (Sync(folder) is var error and not (0 or InvalidArgument)) throw Failed("sync", path, error);
    }

    private static int Sync(SafeFileHandle handle)
    {
        while (FSync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) return error;
        }

        return 0;
    }

    private static IOException Failed(string what, string path, int error) =>
        new($"Could not {what} '{path}': {Marshal.GetPInvokeErrorMessage(error)} (error {error}). Its bytes may not be on the disk.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);
}
