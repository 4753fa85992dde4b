using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Part of a passage beside the question.</summary>
/// <param name="Sequence">[CLS] question [SEP] part [SEP].</param>
/// <param name="First">The first token of the passage that it has.</param>
/// <param name="Count">How many it has.</param>
/// <param name="Offset">Where they start in the sequence.</param>
internal sealed record SpanWindow(BertSequence Sequence, int First, int Count, int Offset)
{
    public int End => First + Count;

    /// <summary>Where the sequence has the first and the last token of an answer; [CLS], twice, where it has not all of it or there is none.</summary>
    public (int First, int Last) TargetOf((int First, int Last)? answer) => answer is { } tokens && tokens.First >= First && tokens.Last < End
        ? (Offset + tokens.First - First, Offset + tokens.Last - First)
        : (0, 0);
}

/// <summary>A question and its passage, in as many parts as the passage needs.</summary>
/// <remarks>Source: google-research/bert, run_squad.py, for the stride and for the part in which a token has the most context.</remarks>
internal sealed class SpanDocument
{
    private readonly (int Start, int End)[] _offsets;

    private SpanDocument(string context, (int Start, int End)[] offsets, SpanWindow[] windows) => (Context, _offsets, Windows) = (context, offsets, windows);

    public string Context { get; }

    public SpanWindow[] Windows { get; }

    public static SpanDocument Create(BertInputs inputs, BertSpanOptions options, string? question, string? context, int? example = null)
    {
        if (string.IsNullOrEmpty(question)) throw TaskTexts.Empty(question, "The question", example);
        if (string.IsNullOrEmpty(context)) throw TaskTexts.Empty(context, "The context", example);

        ReadOnlySpan<int> asked = inputs.Plainly(question).Ids;
        TokenizedText passage = inputs.Plainly(context);
        if (asked.IsEmpty) throw TaskTexts.Empty(question, "The question", example);
        if (passage.Count == 0) throw TaskTexts.Empty(context, "The context", example);

        if (asked.Length > options.MaxQuestionLength) asked = asked[..options.MaxQuestionLength];
        int room = inputs.MaxLength - inputs.PairFrame - asked.Length, offset = inputs.SecondStart(asked.Length);
        List<SpanWindow> windows = [];
        for (int first = 0; ;)
        {
            int count = Math.Min(room, passage.Count - first);
            windows.Add(new SpanWindow(inputs.Pair(asked, passage.Ids.Slice(first, count), places: null), first, count, offset));
            if (first + count == passage.Count) break;
            first += Math.Min(count, options.DocumentStride);
        }

        return new SpanDocument(context, passage.Offsets.ToArray(), [.. windows]);
    }

    /// <summary>The characters of some tokens.</summary>
    public Range PlaceOf(int firstToken, int lastToken) => _offsets[firstToken].Start.._offsets[lastToken].End;

    /// <summary>The first and the last token that have characters of a place; the last is before the first where none has.</summary>
    public (int First, int Last) TokensOf(int start, int end)
    {
        int first = Array.FindIndex(_offsets, token => token.End > start), last = Array.FindLastIndex(_offsets, token => token.Start < end);
        return first < 0 ? (0, -1) : (first, last);
    }

    /// <summary>Whether a token has more context in a part than in the parts before it, and no less than in those behind.</summary>
    /// <remarks>The context is the smaller of the numbers of tokens on its left and right, plus a hundredth of the part's tokens.</remarks>
    public bool HasMostContext(int window, int token)
    {
        double here = ContextOf(Windows[window], token);
        for (int other = window - 1; other >= 0 && token < Windows[other].End; other--)
        {
            if (ContextOf(Windows[other], token) >= here) return false;
        }

        for (int other = window + 1; other < Windows.Length && token >= Windows[other].First; other++)
        {
            if (ContextOf(Windows[other], token) > here) return false;
        }

        return true;
    }

    private static double ContextOf(SpanWindow window, int token) => Math.Min(token - window.First, window.End - 1 - token) + 0.01 * window.Count;
}
