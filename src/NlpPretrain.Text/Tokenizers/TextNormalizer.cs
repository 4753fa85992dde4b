namespace NlpPretrain.Text;

/// <summary>Rewrites text before it is cut to words. Implementations are immutable and may be shared between threads.</summary>
public abstract class TextNormalizer
{
    /// <summary>Rewrites a text.</summary>
    /// <param name="text">The text, any UTF-16 units; rewritten by <see cref="NormalizedText.BeginRewrite"/> and what follows it.</param>
    public abstract void Normalize(NormalizedText text);
}
