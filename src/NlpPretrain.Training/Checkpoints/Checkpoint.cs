using NlpPretrain.Serialization;

namespace NlpPretrain.Training;

/// <summary>A complete checkpoint on disk.</summary>
/// <param name="Folder">The folder that holds its files.</param>
/// <param name="Step">The step after which it was saved.</param>
public sealed record Checkpoint(string Folder, long Step);

/// <summary>What a search for the newest checkpoint found.</summary>
/// <param name="Found">The newest checkpoint whose files are all there with their checksums, or null where there is none.</param>
/// <param name="Damaged">Why each newer one was passed over, the newest first; empty where the newest is the one found.</param>
public sealed record CheckpointSearch(Checkpoint? Found, IReadOnlyList<ModelFormatException> Damaged);
