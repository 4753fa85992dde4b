using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Elmo.Tests;

/// <summary>One hash of the weights of two ELMos after 20 steps, at any number of threads and under other instruction sets, JIT settings and cultures.</summary>
public class SameBitsEverywhereTests
{
    private const string Expected = "5fb173a370286249";
    private const int Sequences = 3, Time = 7, Steps = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_bits_of_a_run_are_fixed(int workers)
    {
        ChildProcess.CheckCulture();
        Hash(workers).Should().Be(Expected);
    }

    [Theory]
    [MemberData(nameof(ChildProcess.Settings), MemberType = typeof(ChildProcess))]
    public Task Instruction_sets_JIT_settings_and_cultures_do_not_change_the_bits(string variable, string value) =>
        ChildProcess.RunAsync<SameBitsEverywhereTests>(nameof(The_bits_of_a_run_are_fixed), cases: 4, (variable, value));

    private static string Hash(int workers)
    {
        using TensorArena arena = new(workers);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (bool hasCharacters in (bool[])[true, false])
        {
            ElmoConfig config = TinyElmo.Of(hasCharacters) with { Cells = 29, Projection = 13 };
            foreach (Parameter parameter in Train(config, arena).Parameters) hash.AppendData(MemoryMarshal.AsBytes(parameter.Data));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16].ToLower(CultureInfo.InvariantCulture);
    }

    /// <summary>Words are trained with the full softmax, characters with a sampled one.</summary>
    private static ElmoLanguageModel Train(ElmoConfig config, TensorArena arena)
    {
        ElmoLanguageModel model = new(config, seed: 1);
        Adagrad optimizer = new(arena, [new ParameterGroup(model.Parameters)]);
        ElmoStates states = new(config, Sequences);
        for (int step = 0; step < Steps; step++)
        {
            (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, Sequences, Time, step);
            using Pass pass = Pass.Training(arena, seed: 3, (ulong)step);
            Tensor loss = config.Characters is null ? model.Loss(pass, forward, backward, states, out _)
                : model.SampledLoss(pass, forward, backward, states, 8, new RandomStream(5, 1, (ulong)step), out _);
            loss.Backward();
            optimizer.Step(0.1, maximumNorm: 1);
        }

        return model;
    }
}
