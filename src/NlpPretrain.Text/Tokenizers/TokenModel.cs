namespace NlpPretrain.Text;

/// <summary>A vocabulary of pieces and the rule that cuts words to them. Implementations are immutable and may be shared between threads.</summary>
public abstract class TokenModel
{
    /// <summary>Number of pieces; ids are 0 to this less 1.</summary>
    public abstract int Count { get; }

    /// <summary>Whether <see cref="Encode"/> gives lengths in bytes of UTF-8, as byte-level models do, not in UTF-16 units.</summary>
    public virtual bool LengthsAreBytes => false;

    /// <summary>The piece of an id, as the model's files write it.</summary>
    /// <param name="id">0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public abstract string PieceOf(int id);

    /// <summary>The id of a piece, as the model's files write it.</summary>
    /// <param name="piece">Its characters.</param>
    /// <param name="id">The id; 0 where there is none.</param>
    /// <returns>Whether the vocabulary has the piece.</returns>
    public abstract bool TryGetId(ReadOnlySpan<char> piece, out int id);

    /// <summary>Cuts one word of normalized text to pieces, in time linear, or n log n, in its length.</summary>
    /// <param name="word">What a pre-tokenizer gave; not empty.</param>
    /// <param name="pieces">Where the pieces go; what it already holds is kept. The lengths added add up to the whole word.</param>
    public abstract void Encode(ReadOnlySpan<char> word, PieceBuffer pieces);
}
