using System.Globalization;
using System.Security.Cryptography;

namespace NlpPretrain.Testing;

/// <summary>One hash of what a seed gives, at any number of threads and under other instruction sets, JIT settings and cultures.</summary>
/// <typeparam name="TTests">The class that derives from it.</typeparam>
/// <param name="expected">The first 16 hexadecimal digits of SHA-256 of it.</param>
public abstract class SameBitsEverywhere<TTests>(string expected)
    where TTests : SameBitsEverywhere<TTests>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void The_bits_of_a_run_are_fixed(int workers)
    {
        ChildProcess.CheckCulture();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] bytes in Run(workers)) hash.AppendData(bytes);
        Convert.ToHexString(hash.GetHashAndReset())[..expected.Length].ToLower(CultureInfo.InvariantCulture).Should().Be(expected);
    }

    [Theory]
    [MemberData(nameof(ChildProcess.Settings), MemberType = typeof(ChildProcess))]
    public Task Instruction_sets_JIT_settings_and_cultures_do_not_change_the_bits(string variable, string value) =>
        ChildProcess.RunAsync<TTests>(nameof(The_bits_of_a_run_are_fixed), cases: 4, (variable, value));

    /// <summary>The bytes of all that must be the same.</summary>
    protected abstract IEnumerable<byte[]> Run(int workers);
}
