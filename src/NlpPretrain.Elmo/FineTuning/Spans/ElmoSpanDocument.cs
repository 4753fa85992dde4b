using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>A question, and part of a passage.</summary>
/// <param name="Texts">The question, and the words of the part behind the mark of their begin, which stands for no answer.</param>
/// <param name="First">The first word of the passage that it has.</param>
/// <param name="Count">How many it has.</param>
internal sealed record ElmoSpanWindow(ElmoSequence[] Texts, int First, int Count) : SpanWindow(First, Count, Offset: 1);

/// <summary>A question and its passage, in as many parts as the passage needs.</summary>
internal sealed class ElmoSpanDocument : SpanDocument
{
    private ElmoSpanDocument(string context, (int Start, int End)[] places, ElmoSpanWindow[] windows) : base(context, places, windows) => Windows = windows;

    public new ElmoSpanWindow[] Windows { get; }

    public static ElmoSpanDocument Create(ElmoInputs inputs, ElmoSpanOptions options, string? question, string? context, int? example = null)
    {
        ElmoSequence asked = inputs.Encode(inputs.Cut(question, "The question", example), most: options.MaxQuestionLength);
        ElmoWords passage = inputs.Cut(context, "The context", example);
        return new ElmoSpanDocument(context!, WordPlaces.Find(context, passage.Words),
            [.. Parts(passage.Words.Length, inputs.MaxLength, options.DocumentStride).Select(part => new ElmoSpanWindow([asked, inputs.Encode(passage, part.First, part.Count, marksBegin: true)], part.First, part.Count))]);
    }
}
