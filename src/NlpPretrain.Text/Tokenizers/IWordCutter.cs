namespace NlpPretrain.Text;

/// <summary>The work that a <see cref="PieceCache"/> spares a model.</summary>
internal interface IWordCutter
{
    /// <summary>Appends the pieces of a word that is not empty; the same each time.</summary>
    void Cut(ReadOnlySpan<char> word, PieceBuffer pieces);
}
