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

    [Theory]
    [InlineData("bytes", "e3242e0bfc9c27a3")]
    [InlineData("characters", "69e00857c593e2a5")]
    [InlineData("wordpiece", "2578dfd7b2965807")]
    [InlineData("unigram", "93539172668386eb")]
    public void The_tokens_are_fixed(string name, string expected)
    {
        ChildProcess.CheckCulture();
        foreach (int workers in new[] { 1, 2, 3, 7 }) Hash(SmallTokenizers.Train(name, workers), workers).Should().Be(expected, "at {0} workers", workers);
    }

    [Theory]
    [MemberData(nameof(ChildProcess.Settings), MemberType = typeof(ChildProcess))]
    public Task Instruction_sets_JIT_settings_and_cultures_do_not_change_the_tokens(string variable, string value) =>
        ChildProcess.RunAsync<SameTokensEverywhereTests>(nameof(The_tokens_are_fixed), cases: 4, (variable, value));

    [Fact]
    public Task A_runtime_without_cultures_does_not_change_the_tokens() => ChildProcess.RunWithoutCulturesAsync<SameTokensEverywhereTests>(nameof(The_tokens_are_fixed), cases: 4);

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
