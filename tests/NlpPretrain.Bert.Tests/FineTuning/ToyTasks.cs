using NlpPretrain.Gpt.Tests.FineTuning;
using NlpPretrain.Text;

namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>Word pieces for the words of the toy tasks, and a model.</summary>
internal static class ToyTasks
{
    public static Tokenizer Tokenizer { get; } = BertTokenizer.Create(new WordPieceModel(
        [.. BertTokenizer.SpecialTokens, .. ToyTexts.Good.Concat(ToyTexts.Bad).Concat(ToyTexts.Other).Select(word => word.Trim()), "##ing", "##er", "?", ".", "a"]));

    public static BertConfig Config { get; } = new() { Layers = 2, Heads = 2, Width = 32, ContextLength = 24, VocabularySize = Tokenizer.Count, InitialDeviation = 0.15 };

    public static BertConfig WithoutDropout { get; } = Config with { Dropout = 0, AttentionDropout = 0 };

    public static int Id(string piece) => Tokenizer.TryGetId(piece, out int id) ? id : throw new ArgumentException(piece);

    /// <summary>Ids of pieces between spaces; c and s stand for [CLS] and [SEP].</summary>
    public static int[] Ids(string pieces) => [.. pieces.Split(' ').Select(piece => Id(piece switch { "c" => "[CLS]", "s" => "[SEP]", _ => piece }))];
}
