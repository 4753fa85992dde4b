using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>Encoded examples of a task with what is right for each, and the loss of some of them.</summary>
/// <param name="encoded">The sequences of each example.</param>
/// <typeparam name="TSequence">A sequence as the family encodes it.</typeparam>
internal abstract class TaskExamples<TSequence>(TSequence[][] encoded)
{
    public TSequence[][] Encoded => encoded;

    /// <summary>The mean loss over the targets of a batch.</summary>
    /// <param name="scores">The head's scores, [N, K].</param>
    /// <param name="examples">The examples of the batch.</param>
    /// <param name="statistics">The sum of the targets' losses, as it is reported, and how many targets there are.</param>
    /// <returns>[1]</returns>
    public abstract Tensor Loss(Tensor scores, ReadOnlySpan<int> examples, out (double Sum, int Targets) statistics);

    /// <summary>What else of an example changes a run: its class, score or answer.</summary>
    public abstract IEnumerable<int> Targets(int example);

    /// <summary>Memory for so many numbers of a batch, which is used again for the next.</summary>
    protected static Span<T> Memory<T>(ref T[] memory, int count)
    {
        if (memory.Length < count) memory = new T[count];
        return memory.AsSpan(0, count);
    }
}

/// <summary>Cross entropy of classes: one for all that the head sees of an example, or one for each place, as words have them.</summary>
/// <param name="encoded">The sequences of each example.</param>
/// <param name="labels">The classes of each example, as many as its sequences have places.</param>
internal sealed class LabelledExamples<TSequence>(TSequence[][] encoded, int[][] labels) : TaskExamples<TSequence>(encoded)
{
    private int[] _targets = [];

    public override Tensor Loss(Tensor scores, ReadOnlySpan<int> examples, out (double Sum, int Targets) statistics)
    {
        Span<int> targets = Memory(ref _targets, scores.Shape.Rows);
        int next = 0;
        foreach (int example in examples)
        {
            labels[example].CopyTo(targets[next..]);
            next += labels[example].Length;
        }

        Tensor loss = scores.CrossEntropy(targets, out TargetStatistics sums);
        statistics = (sums.Sum, sums.Count);
        return loss;
    }

    public override IEnumerable<int> Targets(int example) => labels[example];
}

/// <summary>Sentences with a tag for each word.</summary>
internal static class TaggedSentences
{
    /// <summary>Each part of a sentence is an example of its own.</summary>
    /// <param name="examples">The sentences.</param>
    /// <param name="labelOf">The class of a tag, in an example.</param>
    /// <param name="partsOf">A sentence as the sequences that fit into the model; its name and the option that has its words are for exceptions.</param>
    /// <param name="countWords">How many of the words a sequence has.</param>
    public static LabelledExamples<TSequence> Encode<TSequence>(
        IReadOnlyList<TaggedExample> examples, Func<string, int, int> labelOf, Func<IReadOnlyList<string>, string, string, TSequence[]> partsOf, Func<TSequence, int> countWords)
    {
        List<TSequence[]> encoded = [];
        List<int[]> labels = [];
        for (int index = 0; index < examples.Count; index++)
        {
            TaggedExample example = examples[index];
            if (example?.Words is not { Count: > 0 } words) throw new ArgumentException($"Example {index} has no words; each needs at least one (TaggedExample.Words).");
            if (example.Tags?.Count != words.Count)
                throw new ArgumentException($"Example {index} has {words.Count} words and {example.Tags?.Count ?? 0} tags; each word needs one tag (TaggedExample.Tags).");

            int[] tags = [.. example.Tags.Select(tag => labelOf(tag, index))];
            int first = 0;
            foreach (TSequence part in partsOf(words, FormattableString.Invariant($"example {index}"), "TaggedExample.Words"))
            {
                encoded.Add([part]);
                labels.Add(tags[first..(first += countWords(part))]);
            }
        }

        return new LabelledExamples<TSequence>([.. encoded], [.. labels]);
    }
}

/// <summary>Cross entropy of the right choice under the softmax over the choices.</summary>
internal sealed class ChoiceExamples<TSequence>(TSequence[][] encoded, int[] answers) : TaskExamples<TSequence>(encoded)
{
    private readonly ScoreTable _table = new();
    private int[] _targets = [], _counts = [];

    public override Tensor Loss(Tensor scores, ReadOnlySpan<int> examples, out (double Sum, int Targets) statistics)
    {
        Span<int> targets = Memory(ref _targets, examples.Length), counts = Memory(ref _counts, examples.Length);
        for (int row = 0; row < examples.Length; row++) (targets[row], counts[row]) = (answers[examples[row]], Encoded[examples[row]].Length);
        Tensor loss = _table.Of(scores, counts).CrossEntropy(targets, out TargetStatistics sums);           // of [B, choices]
        statistics = (sums.Sum, sums.Count);
        return loss;
    }

    public override IEnumerable<int> Targets(int example) => [answers[example]];
}

/// <summary>Squared error of a pair's score, in standard deviations of the scores; what is reported is on their own scale.</summary>
internal sealed class ScoredExamples<TSequence>(TSequence[][] encoded, float[] scores, double deviation) : TaskExamples<TSequence>(encoded)
{
    private float[] _targets = [];

    public override Tensor Loss(Tensor predicted, ReadOnlySpan<int> examples, out (double Sum, int Targets) statistics)
    {
        Span<float> targets = Memory(ref _targets, examples.Length);
        for (int row = 0; row < examples.Length; row++) targets[row] = scores[examples[row]];
        Tensor loss = predicted.MeanSquaredError(predicted.Pass.Copy(targets, predicted.Shape));
        statistics = (loss.Item * deviation * deviation * examples.Length, examples.Length);
        return loss;
    }

    public override IEnumerable<int> Targets(int example) => [BitConverter.SingleToInt32Bits(scores[example])];
}

/// <summary>Cross entropy of an answer's first and of its last token, each under the softmax over the places that its example has for answers.</summary>
/// <remarks>Source: Devlin et al. 2019, section 4.2. Differs: padding has no probability; google-research/bert gives it some.</remarks>
internal sealed class SpanExamples<TSequence>(TSequence[][] encoded, (int First, int Last)[] answers, int[] places) : TaskExamples<TSequence>(encoded)
{
    private readonly ScoreTable _table = new();
    private int[] _first = [], _last = [], _lengths = [];

    public override Tensor Loss(Tensor scores, ReadOnlySpan<int> examples, out (double Sum, int Targets) statistics)
    {
        Span<int> first = Memory(ref _first, examples.Length), last = Memory(ref _last, examples.Length), lengths = Memory(ref _lengths, examples.Length);
        for (int row = 0; row < examples.Length; row++)
        {
            (first[row], last[row]) = answers[examples[row]];
            lengths[row] = places[examples[row]];
        }

        Tensor start = _table.Of(scores.Slice(-1, 0, 1), lengths).CrossEntropy(first, out TargetStatistics ofFirst);
        Tensor end = _table.Of(scores.Slice(-1, 1, 1), lengths).CrossEntropy(last, out TargetStatistics ofLast);
        statistics = ((ofFirst.Sum + ofLast.Sum) / 2, examples.Length);
        return 0.5f * (start + end);
    }

    public override IEnumerable<int> Targets(int example) => [answers[example].First, answers[example].Last];
}
