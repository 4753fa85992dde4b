using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests;

/// <summary>One hash a kind of the trained pieces, merges and scores, and of what they cut texts to, at any number of threads and under other instruction sets, JIT settings and cultures.</summary>
public sealed class SameTokensEverywhereTests
{
    private static readonly string[] Texts =
        [.. SmallTokenizers.Sentences.Take(50), "", "İstanbul ISPARTA ıİiI TITLE", "straße STRASSE ﬁ ǆ", "1.234,5 1,234.5", "日本語の文章、テスト。", "a\uD800b\uDC00", "👨\u200D👩\u200D👧 e\u0301\u0323", new string('x', 3000)];

    private const string ExpectedCulture = "NLPPRETRAIN_TEST_CULTURE";

    private static string TestAssembly => typeof(SameTokensEverywhereTests).Assembly.Location;

    [Theory]
    [InlineData("bytes", "e3242e0bfc9c27a3")]
    [InlineData("characters", "69e00857c593e2a5")]
    [InlineData("wordpiece", "2578dfd7b2965807")]
    [InlineData("unigram", "93539172668386eb")]
    public void The_tokens_are_fixed(string name, string expected)
    {
        if (Environment.GetEnvironmentVariable(ExpectedCulture) is { } culture)
        {
            if (culture == "none") FluentActions.Invoking(() => new CultureInfo("tr-TR")).Should().Throw<CultureNotFoundException>();
            else CultureInfo.CurrentCulture.Name.Should().Be(culture);
        }

        foreach (int workers in new[] { 1, 2, 3, 7 }) Hash(SmallTokenizers.Train(name, workers), workers).Should().Be(expected, "at {0} workers", workers);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    [InlineData("DOTNET_TieredPGO", "0")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F")]
    [InlineData("LC_ALL", "de_DE.UTF-8")]
    [InlineData("LC_ALL", "tr_TR.UTF-8")]
    public Task Instruction_sets_JIT_settings_and_cultures_do_not_change_the_tokens(string variable, string value)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { Environment = { [variable] = value } };
        if (variable == "LC_ALL") start.Environment[ExpectedCulture] = value[..5].Replace('_', '-');
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(TestAssembly);
        return Run(start);
    }

    [Fact]
    public async Task A_runtime_without_cultures_does_not_change_the_tokens()
    {
        using TemporaryFolder folder = new();
        string settings = File.ReadAllText(Path.ChangeExtension(TestAssembly, "runtimeconfig.json"));
        settings.Should().Contain("\"System.Globalization.Invariant\": false");
        string config = folder.Write("runtimeconfig.json", settings.Replace("Invariant\": false", "Invariant\": true", StringComparison.Ordinal));
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        ProcessStartInfo start = new(host) { Environment = { [ExpectedCulture] = "none" } };
        foreach (string argument in new[] { "exec", "--runtimeconfig", config, TestAssembly }) start.ArgumentList.Add(argument);
        await Run(start);
    }

    private static async Task Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*.{nameof(SameTokensEverywhereTests)}.{nameof(The_tokens_are_fixed)}*");

        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        child.ExitCode.Should().Be(0, output);
        output.Should().Contain("succeeded: 4");
    }

    private static string Hash(Tokenizer tokenizer, int workers)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int id = 0; id < tokenizer.Count; id++) hash.AppendData(Encoding.UTF8.GetBytes(tokenizer.PieceOf(id) + "\n"));
        if (tokenizer.Model is BytePairModel pairs)
        {
            foreach ((string left, string right) in pairs.Merges) hash.AppendData(Encoding.UTF8.GetBytes($"{left} {right}\n"));
        }

        if (tokenizer.Model is UnigramModel unigram) hash.AppendData(MemoryMarshal.AsBytes<double>(unigram.Pieces.Select(piece => piece.Score).ToArray()));
        foreach (TokenizedText text in tokenizer.EncodeBatch(Texts, workers: workers))
        {
            hash.AppendData(MemoryMarshal.AsBytes(text.Ids));
            hash.AppendData(MemoryMarshal.AsBytes(text.Offsets));
            hash.AppendData(Encoding.UTF8.GetBytes(tokenizer.Decode(text.Ids)));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16].ToLower(CultureInfo.InvariantCulture);
    }
}
