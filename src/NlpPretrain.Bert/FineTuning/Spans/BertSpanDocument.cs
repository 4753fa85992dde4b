using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Part of a passage beside the question.</summary>
/// <param name="Sequence">[CLS] question [SEP] part [SEP].</param>
/// <param name="First">The first token of the passage that it has.</param>
/// <param name="Count">How many it has.</param>
/// <param name="Offset">Where they start in the sequence.</param>
internal sealed record BertSpanWindow(BertSequence Sequence, int First, int Count, int Offset) : SpanWindow(First, Count, Offset);

/// <summary>A question and its passage, in as many sequences as the passage needs.</summary>
internal sealed class BertSpanDocument : SpanDocument
{
    private BertSpanDocument(string context, (int Start, int End)[] offsets, BertSpanWindow[] windows) : base(context, offsets, windows) => Windows = windows;

    public new BertSpanWindow[] Windows { get; }

    public static BertSpanDocument Create(BertInputs inputs, BertSpanOptions options, string? question, string? context, int? example = null)
    {
        if (string.IsNullOrEmpty(question)) throw TaskTexts.Empty(question, "The question", example);
        if (string.IsNullOrEmpty(context)) throw TaskTexts.Empty(context, "The context", example);

        int[] asked = inputs.Plainly(question).Ids.ToArray();
        TokenizedText passage = inputs.Plainly(context);
        if (asked.Length == 0) throw TaskTexts.Empty(question, "The question", example);
        if (passage.Count == 0) throw TaskTexts.Empty(context, "The context", example);

        if (asked.Length > options.MaxQuestionLength) asked = asked[..options.MaxQuestionLength];
        int room = inputs.MaxLength - inputs.PairFrame - asked.Length, offset = inputs.SecondStart(asked.Length);
        return new BertSpanDocument(context, passage.Offsets.ToArray(),
            [.. Parts(passage.Count, room, options.DocumentStride).Select(part => new BertSpanWindow(inputs.Pair(asked, passage.Ids.Slice(part.First, part.Count), places: null), part.First, part.Count, offset))]);
    }
}
