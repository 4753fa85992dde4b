namespace NlpPretrain.Text;

/// <summary>A passage of documentation, and the member that it documents: what gives it a namespace, a type or another label.</summary>
/// <param name="Member">The documentation identifier as the file writes it, such as <c>M:System.IO.Stream.Flush</c>; empty where it gives none.</param>
/// <param name="Passage">The passage.</param>
public readonly record struct MemberPassage(string Member, Passage Passage);
