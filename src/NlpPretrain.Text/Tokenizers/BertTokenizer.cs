namespace NlpPretrain.Text;

/// <summary>Puts BERT's tokenizer together: normalizer, pre-tokenizer, word pieces, <c>[CLS] a [SEP] b [SEP]</c>.</summary>
public static class BertTokenizer
{
    /// <summary>BERT's special tokens, padding first.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Makes a tokenizer of a model.</summary>
    /// <param name="model">The word pieces.</param>
    /// <param name="normalizer">Default null: cleaning, Chinese characters apart, lower case without accents, as the uncased and Chinese vocabularies want it.</param>
    public static Tokenizer Create(WordPieceModel model, BertNormalizer? normalizer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new Tokenizer(model, normalizer ?? new BertNormalizer(), new BertPreTokenizer(), new WordPieceDecoder(model.Options.Prefix),
            TokenFrame.Bert, SpecialTokens.Where(token => model.TryGetId(token, out _)));
    }

    /// <summary>Makes a tokenizer of a published <c>vocab.txt</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lowerCase">Whether text becomes lower case and loses its accents: true for uncased and Chinese vocabularies, false for cased ones.</param>
    /// <exception cref="TokenizerException">The file cannot be read or is not a vocabulary.</exception>
    public static Tokenizer Load(string path, bool lowerCase = true) =>
        Create(WordPieceModel.Load(path), new BertNormalizer { LowerCase = lowerCase });
}
