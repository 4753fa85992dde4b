using System.Security.Cryptography;
using NlpPretrain.Testing;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

/// <summary>The same bits whatever registers the processor has: child processes run the same searches without some of them.</summary>
public sealed class InstructionSetTests
{
    private const string Variable = "NLPPRETRAIN_VECTORS_HASH";

    [Theory]
    [MemberData(nameof(ChildProcess.Settings), MemberType = typeof(ChildProcess))]
    public Task A_child_process_computes_the_same_bits(string setting, string value) =>
        ChildProcess.RunAsync<InstructionSetTests>(nameof(The_bits_are_those_of_the_parent), cases: 1, (setting, value), (Variable, Hash()));

    [Fact]
    public void The_bits_are_those_of_the_parent()
    {
        string? expected = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(expected is null, "Runs in child processes only.");
        Hash().Should().Be(expected);
    }

    private static string Hash()
    {
        WordVectors vectors = Made.Random(700, 50), other = Made.Random(600, 50, seed: 2);
        var bytes = new List<byte>();
        void Add(IEnumerable<WordScore> found) => bytes.AddRange(found.SelectMany(best => BitConverter.GetBytes(best.Index).Concat(BitConverter.GetBytes(best.Score))));

        Add(vectors.MostSimilar("w3", 50));
        Add(vectors.Analogy("w1", "w2", "w3", 50));
        Add(vectors.Analogy("w1", "w2", "w3", 50, AnalogyMethod.CosMul));
        Array.ForEach(vectors.MostSimilar(Made.Rows(Made.Values(9, 50, 4)), 30), Add);
        BilingualMap map = BilingualMap.Learn(vectors, other, [.. Enumerable.Range(0, 80).Select(index => new BilingualPair($"w{index}", $"w{index}"))]);
        Add(map.Translate("w200", 50));
        return Convert.ToHexString(SHA256.HashData(bytes.ToArray()));
    }
}
