namespace NlpPretrain.Bert;

/// <summary>A sequence as the model reads it, without padding.</summary>
/// <param name="ids">The token ids.</param>
/// <param name="segments">The segment of each.</param>
/// <param name="places">The positions whose vectors the head sees, in order; at least one.</param>
internal sealed class BertSequence(int[] ids, int[] segments, int[] places)
{
    public int[] Ids => ids;

    public int[] Segments => segments;

    public int[] Places => places;

    public int Length => ids.Length;
}
