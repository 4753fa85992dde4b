using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NlpPretrain.Word2Vec;

/// <summary>Dot products of every row of a block with every query, in one pass over the rows.</summary>
/// <remarks>
/// <para>Each pair of row and query is one chain of fused multiply-adds in 16 virtual lanes, folded in a fixed tree, so its bits depend
/// neither on the tile that computed it nor on the processor: where 512-bit registers are absent the runtime splits each into
/// narrower ones, lane by lane. The scalar loop: for each k, lane[k mod 16] = fma(row[k], query[k], lane[k mod 16]); then
/// lane[i] += lane[i + 8] for i &lt; 8, lane[i] += lane[i + 4] for i &lt; 4, and (lane[0] + lane[2]) + (lane[1] + lane[3]).</para>
/// <para>The kernels are compiled fully at once (AggressiveOptimization): a first search should not be one at a tenth of the speed.</para>
/// <para>Rows and queries are padded with zeros to the stride, a multiple of 16, so there is no remainder along k.</para>
/// </remarks>
internal static unsafe class DotProducts
{
    /// <summary>Rows, and queries where there are so many, of a tile: sixteen accumulators, eight loads for sixteen fused multiply-adds.</summary>
    private const int Tile = 4;

    /// <summary>Computes scores[q·scoreStride + r] = rows[r] · queries[q].</summary>
    /// <param name="rows">Address of the first row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="queries">Address of the first query.</param>
    /// <param name="queryCount">Number of queries.</param>
    /// <param name="stride">Values from one row, and from one query, to the next.</param>
    /// <param name="scores">Where the results go.</param>
    /// <param name="scoreStride">Values from one query's results to the next; at least the number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* rows, int rowCount, float* queries, int queryCount, int stride, float* scores, int scoreStride)
    {
        int query = 0;
        for (; query + Tile <= queryCount; query += Tile)
        {
            float* vectors = queries + (long)query * stride;
            float* results = scores + (long)query * scoreStride;
            int row = 0;
            for (; row + Tile <= rowCount; row += Tile)
            {
                FourByFour(rows + (long)row * stride, vectors, stride, results + row, scoreStride);
            }

            for (; row < rowCount; row++)
            {
                for (int k = 0; k < Tile; k++)
                {
                    results[k * scoreStride + row] = One(rows + (long)row * stride, vectors + (long)k * stride, stride);
                }
            }
        }

        for (; query < queryCount; query++)
        {
            float* vector = queries + (long)query * stride;
            float* results = scores + (long)query * scoreStride;
            int row = 0;
            for (; row + Tile <= rowCount; row += Tile)
            {
                FourByOne(rows + (long)row * stride, vector, stride, results + row);
            }

            for (; row < rowCount; row++)
            {
                results[row] = One(rows + (long)row * stride, vector, stride);
            }
        }
    }

    /// <summary>The dot product of one pair, with the bits that every tile gives it.</summary>
    public static float One(float* row, float* query, int stride) => Fold(Chain(row, query, stride));

    /// <summary>The sum of sixteen lanes in the fixed tree.</summary>
    public static float Fold(Vector512<float> sum)
    {
        Vector128<float> four = FoldToFour(sum);
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    /// <remarks>
    /// One row after the other: the memory is then read from end to end, which the processor foresees better than it does several rows at
    /// once, and it works on the next row's chain while the last one's is not yet done.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(float* row, float* query, int stride, float* results) => Fold(
        Chain(row, query, stride), Chain(row + stride, query, stride), Chain(row + 2L * stride, query, stride), Chain(row + 3L * stride, query, stride)).Store(results);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Chain(float* row, float* query, int stride)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int k = 0; k < stride; k += Vector512<float>.Count)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(row + k), Vector512.Load(query + k), sum);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(float* row, float* query, int stride, float* results, int resultStride)
    {
        Vector512<float> s00 = Vector512<float>.Zero, s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00;
        Vector512<float> s20 = s00, s21 = s00, s22 = s00, s23 = s00, s30 = s00, s31 = s00, s32 = s00, s33 = s00;
        for (int k = 0; k < stride; k += Vector512<float>.Count)
        {
            Vector512<float> r0 = Vector512.Load(row + k), r1 = Vector512.Load(row + stride + k);
            Vector512<float> r2 = Vector512.Load(row + 2L * stride + k), r3 = Vector512.Load(row + 3L * stride + k);
            Vector512<float> q = Vector512.Load(query + k);
            s00 = Vector512.FusedMultiplyAdd(r0, q, s00);
            s01 = Vector512.FusedMultiplyAdd(r1, q, s01);
            s02 = Vector512.FusedMultiplyAdd(r2, q, s02);
            s03 = Vector512.FusedMultiplyAdd(r3, q, s03);
            q = Vector512.Load(query + stride + k);
            s10 = Vector512.FusedMultiplyAdd(r0, q, s10);
            s11 = Vector512.FusedMultiplyAdd(r1, q, s11);
            s12 = Vector512.FusedMultiplyAdd(r2, q, s12);
            s13 = Vector512.FusedMultiplyAdd(r3, q, s13);
            q = Vector512.Load(query + 2L * stride + k);
            s20 = Vector512.FusedMultiplyAdd(r0, q, s20);
            s21 = Vector512.FusedMultiplyAdd(r1, q, s21);
            s22 = Vector512.FusedMultiplyAdd(r2, q, s22);
            s23 = Vector512.FusedMultiplyAdd(r3, q, s23);
            q = Vector512.Load(query + 3L * stride + k);
            s30 = Vector512.FusedMultiplyAdd(r0, q, s30);
            s31 = Vector512.FusedMultiplyAdd(r1, q, s31);
            s32 = Vector512.FusedMultiplyAdd(r2, q, s32);
            s33 = Vector512.FusedMultiplyAdd(r3, q, s33);
        }

        Fold(s00, s01, s02, s03).Store(results);
        Fold(s10, s11, s12, s13).Store(results + resultStride);
        Fold(s20, s21, s22, s23).Store(results + 2L * resultStride);
        Fold(s30, s31, s32, s33).Store(results + 3L * resultStride);
    }

    /// <summary>Folds four sums at once; lane i of the result is the fold of the i-th, with the same tree as <see cref="One"/>.</summary>
    private static Vector128<float> Fold(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector128<float> ab = Pair(FoldToFour(a), FoldToFour(b));
        Vector128<float> cd = Pair(FoldToFour(c), FoldToFour(d));
        return Vector128.Create(ab.GetLower(), cd.GetLower()) + Vector128.Create(ab.GetUpper(), cd.GetUpper());
    }

    /// <summary>[a0 + a2, b0 + b2, a1 + a3, b1 + b3].</summary>
    private static Vector128<float> Pair(Vector128<float> a, Vector128<float> b)
    {
        Vector128<float> sums = Vector128.Create(a.GetLower(), b.GetLower()) + Vector128.Create(a.GetUpper(), b.GetUpper());
        return Vector128.Shuffle(sums, Vector128.Create(0, 2, 1, 3));
    }

    private static Vector128<float> FoldToFour(Vector512<float> sum)
    {
        Vector256<float> eight = sum.GetLower() + sum.GetUpper();
        return eight.GetLower() + eight.GetUpper();
    }
}
