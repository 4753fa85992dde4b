using BenchmarkDotNet.Attributes;
using NlpPretrain.Tensors;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Benchmarks;

/// <summary>The parts of the nearest suite, for BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public class NearestBenchmarks
{
    private WordVectors _vectors = null!;
    private Matrix _memory = null!;
    private Matrix _queries = null!;

    [GlobalSetup]
    public void Setup()
    {
        _memory = RandomVectors.Values(NearestSuite.Words, NearestSuite.Dimensions);
        _vectors = RandomVectors.Over(_memory);
        _queries = new Matrix(32, _vectors.Dimensions);
        for (int row = 0; row < _queries.Rows; row++)
        {
            _vectors.Row(row).CopyTo(_queries[row]);
        }
    }

    [Benchmark(Baseline = true)]
    public float PassOverMemory() => MemoryPass.Sum(_memory, Environment.ProcessorCount);

    [Benchmark]
    public WordScore[] OneQuery() => _vectors.MostSimilar("w777");

    [Benchmark]
    public WordScore[] Analogy() => _vectors.Analogy("w1", "w2", "w3");

    [Benchmark]
    public WordScore[][] ThirtyTwoQueries() => _vectors.MostSimilar(_queries);
}
