namespace NlpPretrain.Text;

/// <summary>Saves a tokenizer into a model's folder and loads it from there, in the files that Hugging Face's library has.</summary>
/// <remarks>
/// <para>Loading takes the first of these that the folder has:</para>
/// <list type="bullet">
/// <item><c>tokenizer.json</c>, which says all, see <see cref="TokenizerJson"/>;</item>
/// <item><c>vocab.txt</c>: BERT's;</item>
/// <item><c>vocab.json</c> and <c>merges.txt</c>: GPT-2's or GPT-1's, as <c>tokenizer_class</c> says, or else the pieces: all 256 bytes, or ends of words;</item>
/// <item><c>encoder_bpe_40000.json</c> and <c>vocab_40000.bpe</c>: GPT-1's as published; <c>encoder.json</c> and <c>vocab.bpe</c>: GPT-2's.</item>
/// </list>
/// <para>
/// But for <c>tokenizer.json</c>, <c>tokenizer_config.json</c> is read too, where it is there: <c>do_lower_case</c> (true where it is not said), <c>strip_accents</c>,
/// <c>tokenize_chinese_chars</c>, the names of the special tokens, <c>added_tokens_decoder</c> (all special tokens, where it is there); of <c>special_tokens_map.json</c> what that leaves open, and <c>added_tokens.json</c>.
/// </para>
/// <para>
/// Saving writes <c>tokenizer.json</c>, <c>vocab.txt</c> or <c>vocab.json</c> and <c>merges.txt</c>, <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c>.
/// A unigram model has no file of its own here. GPT-1's normalizer and pre-tokenizer cannot be said in <c>tokenizer.json</c>, so that such a folder has none; there, the frame is in
/// <c>tokenizer_config.json</c> as <c>token_frame</c>, which only this library reads.
/// </para>
/// </remarks>
public static class TokenizerFolder
{
    internal const string Json = "tokenizer.json", Pieces = "vocab.txt", Vocabulary = "vocab.json", Merges = "merges.txt", AddedTokens = "added_tokens.json";

    private static readonly (string Vocabulary, string Merges)[] Pairs =
        [(Vocabulary, Merges), ("encoder_bpe_40000.json", "vocab_40000.bpe"), ("encoder.json", "vocab.bpe")];

    /// <summary>Loads the tokenizer of a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TokenizerException">The folder has no tokenizer, which names what was looked for; or a file of it is not of its form or not supported.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (File.Exists(Path.Combine(folder, Json))) return TokenizerJson.Read(Path.Combine(folder, Json));

        TokenizerFolderConfig config = TokenizerFolderConfig.Read(folder);
        if (File.Exists(Path.Combine(folder, Pieces))) return TokenizerFolderModels.LoadWordPieces(Path.Combine(folder, Pieces), config);

        foreach ((string vocabulary, string merges) in Pairs)
        {
            (string vocabularyPath, string mergesPath) = (Path.Combine(folder, vocabulary), Path.Combine(folder, merges));
            bool hasVocabulary = File.Exists(vocabularyPath), hasMerges = File.Exists(mergesPath);
            if (hasVocabulary && hasMerges) return TokenizerFolderModels.LoadBytePairs(vocabularyPath, mergesPath, config);
            if (hasVocabulary) throw new TokenizerException($"{folder} has {vocabulary}; expected {merges} beside it, which is not there.");
        }

        string looked = string.Join(", ", Pairs.Select(pair => $"{pair.Vocabulary} with {pair.Merges}"));
        string found = Directory.Exists(folder) ? "none of them is there" : "there is no such folder";
        throw new TokenizerException($"{folder}: expected a tokenizer, in {Json}, {Pieces}, {looked}; {found}.");
    }

    /// <summary>Finds out whether <see cref="Save"/> can say every part of a tokenizer: before a long run, not at its first checkpoint.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="TokenizerException">The files have no name for a part of the tokenizer.</exception>
    public static void RequireSavable(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (TokenizerFolderModels.IsGpt1(tokenizer)) ((BytePairModel)tokenizer.Model).CheckMerges(Merges);
        else TokenizerJson.Write(tokenizer, Stream.Null);
    }

    /// <summary>Saves a tokenizer into a model's folder, which is made where it is not there. Files of another tokenizer that was saved there go.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="maxLength">The longest sequence that the model takes (<c>model_max_length</c>). Default null: not said.</param>
    /// <exception cref="TokenizerException">The files have no name for a part of the tokenizer.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(Tokenizer tokenizer, string folder, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (maxLength is int length) ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(maxLength));
        bool hasJson = !TokenizerFolderModels.IsGpt1(tokenizer);
        using MemoryStream json = new();
        if (hasJson) TokenizerJson.Write(tokenizer, json);

        Directory.CreateDirectory(folder);
        HashSet<string> written = TokenizerFolderModels.Write(tokenizer, folder, isNeeded: !hasJson);
        TokenizerFolderConfig.Write(tokenizer, folder, maxLength, hasJson);
        if (hasJson)
        {
            json.Position = 0;
            WholeFile.Write(Path.Combine(folder, Json), json.CopyTo);
            written.Add(Json);
        }

        foreach (string name in (ReadOnlySpan<string>)[Json, Pieces, Vocabulary, Merges, AddedTokens])
        {
            if (!written.Contains(name)) File.Delete(Path.Combine(folder, name));
        }
    }
}
