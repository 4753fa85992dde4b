namespace NlpPretrain.Text;

/// <summary>Puts GPT-2's tokenizer together: words with the space before them, byte pairs over the bytes of UTF-8.</summary>
public static class Gpt2Tokenizer
{
    /// <summary>What stands between the documents that GPT-2 was trained on: id 50256 of the published vocabulary.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Makes a tokenizer of a model.</summary>
    /// <param name="model">Byte-level byte pairs.</param>
    /// <param name="specialTokens">Special tokens. Default null: <see cref="EndOfText"/> where the model has it, else none.</param>
    /// <param name="frame">Special tokens around texts. Default null: none.</param>
    /// <exception cref="ArgumentException">The model is not byte-level.</exception>
    public static Tokenizer Create(BytePairModel model, IEnumerable<string>? specialTokens = null, TokenFrame? frame = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Options.IsByteLevel) throw new ArgumentException("The model is one of characters; GPT-2's is one of bytes (BytePairOptions.IsByteLevel).", nameof(model));
        return new Tokenizer(model, null, new ByteLevelPreTokenizer(), new ByteLevelDecoder(), frame,
            specialTokens ?? (model.TryGetId(EndOfText, out _) ? [EndOfText] : []));
    }

    /// <summary>Makes a tokenizer of the published files, encoder.json and vocab.bpe, or vocab.json and merges.txt.</summary>
    /// <param name="vocabularyPath">The JSON file from piece to id.</param>
    /// <param name="mergesPath">The lines of merges.</param>
    /// <exception cref="TokenizerException">A file cannot be read or is not of this form.</exception>
    public static Tokenizer Load(string vocabularyPath, string mergesPath) => Create(BytePairModel.Read(vocabularyPath, mergesPath));
}
