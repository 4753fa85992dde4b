using System.Numerics;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Word2Vec;

/// <summary>A question over queries: the query that holds each word's cosines, and the groups of words that cannot be the answer.</summary>
internal readonly record struct IndexedQuestion(int A, int B, int C, int GroupA, int GroupB, int GroupC);

/// <summary>Keeps the best answer of each of many analogies.</summary>
/// <param name="questions">The questions.</param>
/// <param name="groups">By row, the first row that is the same word.</param>
/// <param name="method">The objective.</param>
internal sealed unsafe class BestAnswersConsumer(IndexedQuestion[] questions, int[] groups, AnalogyMethod method) : ICosineConsumer
{
    private readonly float[] _scores = [.. Enumerable.Repeat(float.MinValue, questions.Length)];
    private readonly int[] _rows = [.. Enumerable.Repeat(-1, questions.Length)];

    public void Consume(int firstRow, int padded, float* cosines, int stride)
    {
        for (int k = 0; k < questions.Length; k++)
        {
            IndexedQuestion question = questions[k];
            float* a = cosines + (long)question.A * stride, b = cosines + (long)question.B * stride, c = cosines + (long)question.C * stride;
            for (int row = 0; row < padded; row += Vector512<float>.Count)
            {
                Vector512<float> scores = AnalogyScore.Compute(method, Vector512.Load(a + row), Vector512.Load(b + row), Vector512.Load(c + row));
                ulong lanes = Vector512.GreaterThanOrEqual(scores, Vector512.Create(_scores[k])).ExtractMostSignificantBits();
                for (; lanes != 0; lanes &= lanes - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(lanes);
                    Offer(k, question, firstRow + row + lane, scores[lane]);
                }
            }
        }
    }

    /// <summary>The best rows of all workers; -1 where there was no candidate.</summary>
    public static int[] Merge(List<BestAnswersConsumer> consumers)
    {
        BestAnswersConsumer merged = consumers[0];
        foreach (BestAnswersConsumer other in consumers.Skip(1))
        {
            for (int k = 0; k < merged._rows.Length; k++)
            {
                if (other._rows[k] >= 0)
                {
                    merged.Keep(k, other._rows[k], other._scores[k]);
                }
            }
        }

        return merged._rows;
    }

    private void Offer(int k, IndexedQuestion question, int row, float score)
    {
        int group = groups[row];
        if (group != question.GroupA && group != question.GroupB && group != question.GroupC)
        {
            Keep(k, row, score);
        }
    }

    private void Keep(int k, int row, float score)
    {
        if (score > _scores[k] || _rows[k] < 0 || (score == _scores[k] && row < _rows[k]))
        {
            (_scores[k], _rows[k]) = (score, row);
        }
    }
}
