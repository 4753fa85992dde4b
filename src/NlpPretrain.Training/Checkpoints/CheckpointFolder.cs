using System.Globalization;
using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>A folder of checkpoints, each written whole or not at all.</summary>
/// <remarks>
/// A checkpoint is a folder "step-000001000". It is written under another name beside its place; each file is synced to the disk and
/// listed with its length and SHA-256 in "manifest.json"; then it is renamed into place and the folder is synced. So a process that is
/// killed, a full disk or a loss of power leaves the checkpoints that were there, and at most a leftover that the next writer removes.
/// One run at a time saves into a folder; any number may read.
/// </remarks>
public sealed class CheckpointFolder
{
    private const string Prefix = "step-", Writing = ".writing-", Replaced = ".replaced-", Deleting = ".deleting-", LockName = ".lock";
    private const int MaxRestarts = 100;

    /// <summary>Names a folder of checkpoints; nothing is created or read yet.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keep">How many checkpoints to keep, at least 1. Default 2: the newest and one to fall back on.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No checkpoint would be kept.</exception>
    public CheckpointFolder(string path, int keep = 2)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (Path, Keep) = (System.IO.Path.GetFullPath(path), keep);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>How many checkpoints to keep.</summary>
    public int Keep { get; }

    /// <summary>Called after each phase of a save, so that tests can see what a process killed there would leave.</summary>
    internal Action<string>? PhaseReached { get; init; }

    /// <summary>Prepares the folder for a run: creates it, makes sure that it can be written, and removes what killed runs left.</summary>
    /// <param name="resume">
    /// Whether to go on from the newest checkpoint. A run that does not needs a folder without checkpoints, so that it destroys none.
    /// </param>
    /// <returns>Where to go on from; nothing found where the run starts new.</returns>
    /// <exception cref="IOException">
    /// The folder is a file, cannot be written, is being saved into by another run, or holds checkpoints that the run would not go on from.
    /// </exception>
    public CheckpointSearch Begin(bool resume)
    {
        using FileStream held = Lock();
        RemoveLeftovers();
        if (resume) return Latest();
        if (List() is [.., var newest])
        {
            throw new IOException(
                $"The checkpoint folder '{Path}' holds checkpoints up to step {newest.Step}; resume from them (TrainingOptions.Resume), " +
                "delete them, or choose another folder (TrainingOptions.CheckpointFolder).");
        }

        return new CheckpointSearch(null, []);
    }

    /// <summary>Finds the newest checkpoint whose files are all there with their checksums.</summary>
    /// <remarks>It changes nothing, and may be called while another process saves.</remarks>
    /// <exception cref="IOException">The folder is a file or cannot be read.</exception>
    public CheckpointSearch Latest()
    {
        for (int attempt = 0; attempt < MaxRestarts; attempt++)
        {
            if (TryFindLatest() is { } search) return search;
        }

        throw new IOException($"The checkpoints in '{Path}' vanish while they are read; another process deletes them.");
    }

    /// <summary>Saves a checkpoint, and deletes older ones over the number to keep and any of a later step.</summary>
    /// <remarks>A later step is one that a resumed run passed over as damaged: <see cref="Begin"/> sees to that.</remarks>
    /// <param name="step">The step after which the checkpoint is saved, at least 0. One of the same step is replaced.</param>
    /// <param name="writeFiles">
    /// Writes the files, at least one, into the folder it is given, and closes them. Whatever it throws is thrown on, and nothing is saved.
    /// </param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="InvalidOperationException">No file was written, or one has a name that a checkpoint cannot hold.</exception>
    /// <exception cref="IOException">The folder is a file, cannot be written, is full, or is being saved into by another run.</exception>
    public Checkpoint Save(long step, Action<string> writeFiles)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentNullException.ThrowIfNull(writeFiles);
        using FileStream held = Lock();
        RemoveLeftovers();

        string temporary = Place(Writing + Name(step));
        try
        {
            Directory.CreateDirectory(temporary);
            Write(temporary, step, writeFiles);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        Publish(temporary, step);
        Prune(step);
        return new Checkpoint(Place(Name(step)), step);
    }

    private void Write(string temporary, long step, Action<string> writeFiles)
    {
        writeFiles(temporary);
        PhaseReached?.Invoke("written");

        CheckpointManifest manifest = CheckpointManifest.Of(temporary, step);
        foreach (CheckpointFile file in manifest.Files) DurableStorage.SyncFile(System.IO.Path.Combine(temporary, file.Path));
        PhaseReached?.Invoke("synced");

        string path = System.IO.Path.Combine(temporary, CheckpointManifest.FileName);
        File.WriteAllBytes(path, manifest.ToJson());
        DurableStorage.SyncFile(path);
        string[] folders = [temporary, .. Directory.EnumerateDirectories(temporary, "*", SearchOption.AllDirectories)];
        foreach (string folder in folders) DurableStorage.SyncFolder(folder);
        PhaseReached?.Invoke("listed");
    }

    private void Publish(string temporary, long step)
    {
        string target = Place(Name(step)), replaced = Place(Replaced + Name(step));
        if (Directory.Exists(target))
        {
            Directory.Move(target, replaced);
            PhaseReached?.Invoke("replaced");
        }

        Directory.Move(temporary, target);
        DurableStorage.SyncFolder(Path);
        PhaseReached?.Invoke("published");
        if (Directory.Exists(replaced)) Directory.Delete(replaced, recursive: true);
    }

    private void Prune(long step)
    {
        List<Checkpoint> all = List();
        int newer = all.Count(checkpoint => checkpoint.Step > step);
        int first = Math.Max(0, all.Count - newer - Keep);
        foreach (Checkpoint old in all.Where((checkpoint, index) => checkpoint.Step > step || index < first))
        {
            // Renamed first: a reader must not meet a checkpoint that is half deleted and take it for a damaged one.
            string deleting = Place(Deleting + Name(old.Step));
            Directory.Move(old.Folder, deleting);
            PhaseReached?.Invoke("deleting");
            Directory.Delete(deleting, recursive: true);
        }
    }

    /// <summary>Null where a checkpoint vanished while it was read: a writer has saved a newer one.</summary>
    private CheckpointSearch? TryFindLatest()
    {
        var damaged = new List<ModelFormatException>();
        List<Checkpoint> candidates = List();
        for (int i = candidates.Count - 1; i >= 0; i--)
        {
            (string folder, long step) = candidates[i];
            try
            {
                CheckpointManifest.Verify(folder, step);
                return new CheckpointSearch(candidates[i], damaged);
            }
            catch (IOException exception)
            {
                if (!Directory.Exists(folder)) return null;
                damaged.Add(exception as ModelFormatException
                    ?? new ModelFormatException(folder, "files", "readable files", exception.Message, innerException: exception));
            }
        }

        return new CheckpointSearch(null, damaged);
    }

    /// <summary>The checkpoints by step. One whose writer was killed while it replaced it counts until its successor is in place.</summary>
    private List<Checkpoint> List()
    {
        if (File.Exists(Path)) throw IsFile();
        var found = new SortedDictionary<long, Checkpoint>();
        if (!Directory.Exists(Path)) return [];
        foreach (string folder in Directory.EnumerateDirectories(Path))
        {
            string name = System.IO.Path.GetFileName(folder);
            if (TryParse(name, Prefix, out long step)) found[step] = new Checkpoint(folder, step);
            else if (TryParse(name, Replaced + Prefix, out step)) found.TryAdd(step, new Checkpoint(folder, step));
        }

        return [.. found.Values];
    }

    private void RemoveLeftovers()
    {
        foreach (string folder in Directory.GetDirectories(Path, ".*"))
        {
            string name = System.IO.Path.GetFileName(folder);
            bool isReplaced = TryParse(name, Replaced + Prefix, out long step);
            bool isUnfinished = TryParse(name, Writing + Prefix, out _) || TryParse(name, Deleting + Prefix, out _);
            if (isReplaced && !Directory.Exists(Place(Name(step)))) Directory.Move(folder, Place(Name(step)));
            else if (isReplaced || isUnfinished) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Held while the folder changes. The system lets go of it when a process dies, so what a writer left is a leftover.</summary>
    private FileStream Lock()
    {
        if (File.Exists(Path)) throw IsFile();
        try
        {
            if (!Directory.Exists(Path))
            {
                Directory.CreateDirectory(Path);
                if (System.IO.Path.GetDirectoryName(Path) is { } parent) DurableStorage.SyncFolder(parent);
            }

            return new FileStream(Place(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The checkpoint folder '{Path}' cannot be written, or another run is saving into it: {exception.Message} " +
                "Choose another folder (TrainingOptions.CheckpointFolder).", exception);
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What made the save fail matters more, and the next save removes the leftover.
        }
    }

    private static string Name(long step) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D9}");

    private static bool TryParse(string name, string prefix, out long step)
    {
        step = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out step)
            && name.EndsWith(Name(step), StringComparison.Ordinal) && name.Length == prefix.Length - Prefix.Length + Name(step).Length;
    }

    private IOException IsFile() => new($"The checkpoint folder '{Path}' is a file; choose another (TrainingOptions.CheckpointFolder).");

    private string Place(string name) => System.IO.Path.Combine(Path, name);
}
