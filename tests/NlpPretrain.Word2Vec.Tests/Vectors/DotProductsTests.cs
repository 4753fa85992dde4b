using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

public sealed unsafe class DotProductsTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 15)]
    [InlineData(8, 4, 16)]
    [InlineData(13, 5, 17)]
    [InlineData(33, 9, 100)]
    [InlineData(21, 6, 300)]
    public void Every_pair_has_the_bits_of_the_scalar_loop(int rowCount, int queryCount, int columns)
    {
        Matrix rows = Made.Rows(Made.Values(rowCount, columns, 1)), queries = Made.Rows(Made.Values(queryCount, columns, 2));
        float[] scores = new float[queryCount * rowCount + 1];
        scores[^1] = 42;
        fixed (float* target = scores)
        {
            DotProducts.Compute(rows.Address, rowCount, queries.Address, queryCount, rows.Stride, target, rowCount);
        }

        for (int query = 0; query < queryCount; query++)
        {
            for (int row = 0; row < rowCount; row++)
            {
                float score = scores[query * rowCount + row];
                BitConverter.SingleToInt32Bits(score).Should().Be(BitConverter.SingleToInt32Bits(Scalar(rows[row], queries[query])), "row {0}, query {1}", row, query);
                ((double)score).Should().BeApproximately(Made.Dot(rows[row], queries[query]), 1e-6 * Math.Sqrt(columns));
            }
        }

        scores[^1].Should().Be(42, "nothing is written past the results");
    }

    private static float Scalar(ReadOnlySpan<float> row, ReadOnlySpan<float> query)
    {
        float[] lane = new float[16];
        for (int k = 0; k < row.Length; k++)
        {
            lane[k % 16] = MathF.FusedMultiplyAdd(row[k], query[k], lane[k % 16]);
        }

        for (int half = 8; half >= 4; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                lane[i] += lane[i + half];
            }
        }

        return (lane[0] + lane[2]) + (lane[1] + lane[3]);
    }
}
