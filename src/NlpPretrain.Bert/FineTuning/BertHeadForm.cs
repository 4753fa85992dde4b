namespace NlpPretrain.Bert;

/// <summary>The form of a head, s = W·h + b.</summary>
/// <param name="Name">The name that Hugging Face's library has for it: "classifier" or "qa_outputs".</param>
/// <param name="Outputs">K, scores of a vector.</param>
/// <param name="UsesPooler">Whether the head sees pooled vectors, not those of the last block.</param>
/// <param name="HasBias">Whether it has a bias.</param>
/// <param name="HasDropout">Whether its input has a dropout.</param>
internal sealed record BertHeadForm(string Name, int Outputs, bool UsesPooler, bool HasBias = true, bool HasDropout = true)
{
    /// <summary>Of choices; the softmax over them does not see a bias.</summary>
    public static BertHeadForm Choice { get; } = new("classifier", 1, UsesPooler: true, HasBias: false);

    /// <summary>Of the first and the last token of an answer.</summary>
    public static BertHeadForm Spans { get; } = new("qa_outputs", 2, UsesPooler: false, HasDropout: false);

    /// <summary>Of texts and pairs.</summary>
    public static BertHeadForm Pooled(int outputs) => new("classifier", outputs, UsesPooler: true);

    /// <summary>Of words.</summary>
    public static BertHeadForm Words(int outputs) => new("classifier", outputs, UsesPooler: false);
}
