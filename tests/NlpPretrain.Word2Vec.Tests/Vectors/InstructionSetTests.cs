using System.Diagnostics;
using System.Security.Cryptography;
using NlpPretrain.Testing;

namespace NlpPretrain.Word2Vec.Tests.Vectors;

/// <summary>The same bits whatever registers the processor has: child processes run the same searches without some of them.</summary>
public sealed class InstructionSetTests
{
    private const string Variable = "NLPPRETRAIN_VECTORS_HASH_FILE";

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    public async Task A_child_process_computes_the_same_bits(string setting, string value)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("hash");
        var start = new ProcessStartInfo("dotnet", [typeof(InstructionSetTests).Assembly.Location, "--filter-method", $"{typeof(InstructionSetTests).FullName}.{nameof(Writes_its_hash_when_asked)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Variable] = file;
        start.Environment[setting] = value;

        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        File.Exists(file).Should().BeTrue(await output + await errors);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Should().Be(Hash());
    }

    [Fact]
    public void Writes_its_hash_when_asked()
    {
        string? file = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(file is null, "Runs in child processes only.");
        File.WriteAllText(file!, Hash());
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
