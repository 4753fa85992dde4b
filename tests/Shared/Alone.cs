namespace NlpPretrain.Testing;

/// <summary>Tests that need the process for themselves: what others allocate would count.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
