namespace NlpPretrain.Text;

/// <summary>What Hugging Face's library calls a tokenizer and its special tokens.</summary>
internal static class TokenizerRoles
{
    internal const string Additional = "additional_special_tokens";

    private static readonly (string Role, string[] Tokens)[] Known =
    [
        ("unk_token", ["[UNK]", "<unk>"]),
        ("pad_token", ["[PAD]", "<pad>"]),
        ("cls_token", ["[CLS]"]),
        ("sep_token", ["[SEP]"]),
        ("mask_token", ["[MASK]", "<mask>"]),
        ("bos_token", ["<s>", "<|endoftext|>"]),
        ("eos_token", ["</s>", "<|endoftext|>"]),
    ];

    /// <summary>The class that reads such a tokenizer: BERT's, GPT-2's or GPT-1's, or the one that leaves all to <c>tokenizer.json</c>.</summary>
    internal static string ClassOf(Tokenizer tokenizer) => tokenizer switch
    {
        {
            Model: WordPieceModel { Options: { Prefix: "##", MaxWordLength: 100 } }, Normalizer: BertNormalizer { CleanText: true }, PreTokenizer: BertPreTokenizer,
            Frame: { Start.Count: 1, Between.Count: 1, End.Count: 1 },
        } when tokenizer.Frame.Between[0] == tokenizer.Frame.End[0] => "BertTokenizer",
        { Model: BytePairModel, Normalizer: null, PreTokenizer: ByteLevelPreTokenizer, Frame: { Start.Count: 0, Between.Count: 0, End.Count: 0 } } => "GPT2Tokenizer",
        _ when TokenizerFolderModels.IsGpt1(tokenizer) => "OpenAIGPTTokenizer",
        _ => "PreTrainedTokenizerFast",
    };

    /// <summary>The special tokens by their roles; those without one are additional.</summary>
    internal static List<(string Role, string Token)> Of(Tokenizer tokenizer)
    {
        string? unknown = tokenizer.Model switch
        {
            WordPieceModel wordPiece => wordPiece.Options.Unknown,
            BytePairModel bytePair => bytePair.Options.UnknownPiece,
            UnigramModel unigram => unigram.PieceOf(unigram.UnknownId),
            _ => null,
        };
        List<(string Role, string Token)> roles = [];
        if (unknown is not null) roles.Add(("unk_token", unknown));
        foreach ((string role, string[] tokens) in Known)
        {
            if (roles.Exists(pair => pair.Role == role)) continue;
            if (tokens.FirstOrDefault(tokenizer.SpecialIds.ContainsKey) is string token) roles.Add((role, token));
        }

        HashSet<string> named = [.. roles.Select(pair => pair.Token)];
        roles.AddRange(tokenizer.SpecialIds.OrderBy(pair => pair.Value).Where(pair => !named.Contains(pair.Key)).Select(pair => (Additional, pair.Key)));
        return roles;
    }
}
