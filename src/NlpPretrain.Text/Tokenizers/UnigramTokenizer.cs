namespace NlpPretrain.Text;

/// <summary>Puts a tokenizer of a unigram model together: spaces to ▁, words from ▁ to ▁, and back.</summary>
public static class UnigramTokenizer
{
    /// <summary>Makes a tokenizer of a model. Its control pieces are special tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="normalizer">Default null: <see cref="MetaspaceNormalizer"/> with its defaults.</param>
    /// <param name="frame">Special tokens around texts. Default null: none.</param>
    public static Tokenizer Create(UnigramModel model, MetaspaceNormalizer? normalizer = null, TokenFrame? frame = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        normalizer ??= new MetaspaceNormalizer();
        return new Tokenizer(model, normalizer, new MetaspacePreTokenizer(), new MetaspaceDecoder(normalizer.AddPrefixSpace), frame,
            model.Pieces.Where(piece => piece.IsControl).Select(piece => piece.Text));
    }
}
