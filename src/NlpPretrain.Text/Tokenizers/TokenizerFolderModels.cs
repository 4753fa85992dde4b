namespace NlpPretrain.Text;

/// <summary>The files of a <see cref="TokenizerFolder"/> that hold a model alone.</summary>
internal static class TokenizerFolderModels
{
    internal static bool IsGpt1(Tokenizer tokenizer) => tokenizer is
    {
        Model: BytePairModel { Options: { EndOfWordSuffix: "</w>", UnknownPiece: "<unk>" } },
        Normalizer: Gpt1Normalizer,
        PreTokenizer: Gpt1PreTokenizer,
        Decoder: EndOfWordDecoder { Suffix: "</w>" },
    };

    internal static Tokenizer LoadWordPieces(string path, TokenizerFolderConfig config)
    {
        WordPieceModel model = WordPieceModel.Load(path, new WordPieceOptions { Unknown = config.SpecialToken("unk_token") ?? WordPieceOptions.Default.Unknown });
        string start = config.SpecialToken("cls_token") ?? "[CLS]", end = config.SpecialToken("sep_token") ?? "[SEP]";
        TokenFrame frame = config.Frame ?? new TokenFrame { Start = [start], Between = [end], End = [end] };
        BertNormalizer normalizer = new()
        {
            LowerCase = config.Switch("do_lower_case") ?? true,
            StripAccents = config.Switch("strip_accents"),
            SpaceChinese = config.Switch("tokenize_chinese_chars") ?? true,
        };
        return config.Checked(new Tokenizer(model, normalizer, new BertPreTokenizer(), new WordPieceDecoder(model.Options.Prefix), frame,
            config.SpecialTokensOf(model, BertTokenizer.SpecialTokens)));
    }

    internal static Tokenizer LoadBytePairs(string vocabularyPath, string mergesPath, TokenizerFolderConfig config)
    {
        Dictionary<string, int> ids = BytePairFiles.ReadVocabulary(vocabularyPath);
        bool isByteLevel = config.TokenizerClass switch
        {
            "GPT2Tokenizer" or "GPT2TokenizerFast" => true,
            "OpenAIGPTTokenizer" or "OpenAIGPTTokenizerFast" => false,
            null => Enumerable.Range(0, 256).All(value => ids.ContainsKey(ByteAlphabet.CharacterOf((byte)value).ToString())),
            _ => throw config.Field("tokenizer_class").Fault("GPT2Tokenizer or OpenAIGPTTokenizer, where tokenizer.json is not there"),
        };
        BytePairModel model = BytePairModel.Read(vocabularyPath, mergesPath, isByteLevel ? BytePairOptions.Gpt2 : BytePairOptions.Gpt1);
        if (!isByteLevel) return config.Checked(Gpt1Tokenizer.Create(model, config.Frame, config.SpecialTokensOf(model, [])));

        if (config.Switch("add_prefix_space") == true) throw config.Field("add_prefix_space").Fault("false, where tokenizer.json is not there");
        return config.Checked(Gpt2Tokenizer.Create(model, config.SpecialTokensOf(model, [Gpt2Tokenizer.EndOfText]), config.Frame));
    }

    /// <summary>Writes the model's own files.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="isNeeded">Whether a model that has no such files is an error.</param>
    /// <returns>The names of the files.</returns>
    internal static HashSet<string> Write(Tokenizer tokenizer, string folder, bool isNeeded)
    {
        switch (tokenizer.Model)
        {
            case WordPieceModel wordPiece:
                wordPiece.Save(Path.Combine(folder, TokenizerFolder.Pieces));
                return [TokenizerFolder.Pieces];
            case BytePairModel bytePair when isNeeded || !bytePair.Merges.Any(merge => (merge.Left + merge.Right).AsSpan().ContainsAny(' ', '\n', '\r')):
                bytePair.Write(Path.Combine(folder, TokenizerFolder.Vocabulary), Path.Combine(folder, TokenizerFolder.Merges));
                return [TokenizerFolder.Vocabulary, TokenizerFolder.Merges];
            default:
                return [];
        }
    }
}
