using System.Runtime.Intrinsics;

namespace NlpPretrain.Word2Vec;

/// <summary>Keeps the best answers of one analogy, whose queries are a, b and c in this order.</summary>
internal sealed unsafe class AnalogyConsumer(AnalogyMethod method, int count, IReadOnlySet<int> excluded) : ICosineConsumer
{
    public TopWords Best { get; } = new(count);

    public void Consume(int firstRow, int padded, float* cosines, int stride)
    {
        for (int row = 0; row < padded; row += Vector512<float>.Count)
        {
            Vector512<float> a = Vector512.Load(cosines + row);
            Vector512<float> b = Vector512.Load(cosines + stride + row);
            Vector512<float> c = Vector512.Load(cosines + 2 * stride + row);
            TopWordsConsumer.OfferSixteen(Best, firstRow + row, AnalogyScore.Compute(method, a, b, c), excluded);
        }
    }
}
