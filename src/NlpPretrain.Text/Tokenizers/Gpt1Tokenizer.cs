namespace NlpPretrain.Text;

/// <summary>Puts GPT-1's tokenizer together: standardized text in lower case, words much as spaCy cuts them, byte pairs that end in <c>&lt;/w&gt;</c>.</summary>
public static class Gpt1Tokenizer
{
    /// <summary>The frame of GPT-1's fine-tuning: <c>_start_ a _classify_</c> and <c>_start_ a _delimiter_ b _classify_</c>. The published vocabulary has none of the three: they get the ids after its.</summary>
    /// <remarks>Source: openai/finetune-transformer-lm, train.py, transform_roc.</remarks>
    public static TokenFrame TaskFrame { get; } = new() { Start = ["_start_"], Between = ["_delimiter_"], End = ["_classify_"] };

    /// <summary>Makes a tokenizer of a model.</summary>
    /// <param name="model">Byte pairs with an end-of-word suffix.</param>
    /// <param name="frame">Special tokens around texts. Default null: none, as in pretraining.</param>
    /// <param name="specialTokens">Further special tokens. Default null: none.</param>
    /// <exception cref="ArgumentException">The model is byte-level or has no end-of-word suffix.</exception>
    public static Tokenizer Create(BytePairModel model, TokenFrame? frame = null, IEnumerable<string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Options.EndOfWordSuffix.Length == 0)
            throw new ArgumentException("The model's words have no end; GPT-1's have </w> there (BytePairOptions.EndOfWordSuffix).", nameof(model));
        return new Tokenizer(model, new Gpt1Normalizer(), new Gpt1PreTokenizer(), new EndOfWordDecoder(model.Options.EndOfWordSuffix), frame, specialTokens);
    }

    /// <summary>Makes a tokenizer of the published files, encoder_bpe_40000.json and vocab_40000.bpe, or vocab.json and merges.txt.</summary>
    /// <param name="vocabularyPath">The JSON file from piece to id.</param>
    /// <param name="mergesPath">The lines of merges.</param>
    /// <param name="frame">Special tokens around texts. Default null: none.</param>
    /// <exception cref="TokenizerException">A file cannot be read or is not of this form.</exception>
    public static Tokenizer Load(string vocabularyPath, string mergesPath, TokenFrame? frame = null) =>
        Create(BytePairModel.Read(vocabularyPath, mergesPath, BytePairOptions.Gpt1), frame);
}
