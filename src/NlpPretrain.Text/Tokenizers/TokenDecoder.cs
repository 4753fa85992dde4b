namespace NlpPretrain.Text;

/// <summary>Joins pieces to text. Implementations are immutable and may be shared between threads.</summary>
public abstract class TokenDecoder
{
    /// <summary>The text of some pieces.</summary>
    /// <param name="pieces">Pieces, as the model's files write them.</param>
    public abstract string Decode(IReadOnlyList<string> pieces);
}
