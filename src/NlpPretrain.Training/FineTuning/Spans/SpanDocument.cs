using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>Part of a passage.</summary>
/// <param name="First">The first token of the passage that it has.</param>
/// <param name="Count">How many it has.</param>
/// <param name="Offset">Where they start among the tokens that are scored, the first of which stands for no answer.</param>
internal record SpanWindow(int First, int Count, int Offset)
{
    public int End => First + Count;

    /// <summary>Where the scored tokens have the first and the last one of an answer; the first of all, twice, where they have not all of it or there is none.</summary>
    public (int First, int Last) TargetOf((int First, int Last)? answer) => answer is { } tokens && tokens.First >= First && tokens.Last < End
        ? (Offset + tokens.First - First, Offset + tokens.Last - First)
        : (0, 0);
}

/// <summary>A question and its passage, in as many parts as the passage needs.</summary>
/// <remarks>Source: google-research/bert, run_squad.py, for the stride and for the part in which a token has the most context.</remarks>
/// <param name="context">The passage.</param>
/// <param name="offsets">The characters of its tokens.</param>
/// <param name="windows">The parts, in order.</param>
internal class SpanDocument(string context, (int Start, int End)[] offsets, IReadOnlyList<SpanWindow> windows)
{
    public string Context => context;

    public IReadOnlyList<SpanWindow> Windows => windows;

    /// <summary>The parts of a passage.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="room">The most of a part.</param>
    /// <param name="stride">Tokens from the start of one part to the start of the next.</param>
    public static IEnumerable<(int First, int Count)> Parts(int tokens, int room, int stride)
    {
        for (int first = 0; ;)
        {
            int count = Math.Min(room, tokens - first);
            yield return (first, count);
            if (first + count == tokens) break;
            first += Math.Min(count, stride);
        }
    }

    /// <summary>The characters of some tokens.</summary>
    public Range PlaceOf(int firstToken, int lastToken) => offsets[firstToken].Start..offsets[lastToken].End;

    /// <summary>The first and the last token that have characters of a place; the last is before the first where none has.</summary>
    public (int First, int Last) TokensOf(int start, int end)
    {
        int first = Array.FindIndex(offsets, token => token.End > start), last = Array.FindLastIndex(offsets, token => token.Start < end);
        return first < 0 ? (0, -1) : (first, last);
    }

    /// <summary>The tokens of the first right answer; null where there is none.</summary>
    /// <param name="example">The example.</param>
    /// <param name="index">Its number, for the exception.</param>
    /// <param name="mayHaveNone">Whether there may be no answer.</param>
    /// <param name="threshold">The option that allows it, for the exception.</param>
    /// <exception cref="ArgumentException">There is no answer and there must be one, or an answer is not in the passage or has no token.</exception>
    public (int First, int Last)? AnswerOf(SpanExample example, int index, bool mayHaveNone, string threshold)
    {
        if (example.Answers is not { Count: > 0 } answers)
        {
            if (mayHaveNone) return null;
            throw new ArgumentException(FormattableString.Invariant($"Example {index} has no answer; give it one (SpanExample.Answers), or set a threshold for the rules of SQuAD 2.0 ({threshold})."));
        }

        foreach (Range answer in answers) SpanScores.TextOf(example, answer, index);
        (int start, int length) = answers[0].GetOffsetAndLength(example.Context.Length);
        (int first, int last) = TokensOf(start, start + length);
        return first <= last ? (first, last) : throw new ArgumentException(
            FormattableString.Invariant($"Example {index} has an answer from {start} to {start + length} that has no token of its context, such as white space (SpanExample.Answers)."));
    }

    /// <summary>Whether a token has more context in a part than in the parts before it, and no less than in those behind.</summary>
    /// <remarks>The context is the smaller of the numbers of tokens on its left and right, plus a hundredth of the part's tokens.</remarks>
    public bool HasMostContext(int window, int token)
    {
        double here = ContextOf(windows[window], token);
        for (int other = window - 1; other >= 0 && token < windows[other].End; other--)
        {
            if (ContextOf(windows[other], token) >= here) return false;
        }

        for (int other = window + 1; other < windows.Count && token >= windows[other].First; other++)
        {
            if (ContextOf(windows[other], token) > here) return false;
        }

        return true;
    }

    private static double ContextOf(SpanWindow window, int token) => Math.Min(token - window.First, window.End - 1 - token) + 0.01 * window.Count;
}
