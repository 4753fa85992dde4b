namespace NlpPretrain.Text;

/// <summary>Two pieces that become one; their place in the list of merges is their rank, the first merged first.</summary>
/// <param name="Left">The piece before.</param>
/// <param name="Right">The piece after.</param>
public readonly record struct BytePairMerge(string Left, string Right);
