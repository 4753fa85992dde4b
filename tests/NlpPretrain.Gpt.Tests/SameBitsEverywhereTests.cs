using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NlpPretrain.Initialization;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Gpt.Tests;

/// <summary>One hash of the weights of a GPT-1 and a GPT-2 after 20 steps, at any number of threads and under other instruction sets, JIT settings and cultures.</summary>
public class SameBitsEverywhereTests
{
    private const string Expected = "ffdb5a5b8be34be0";
    private const int Batch = 3, Time = 13, Steps = 20;

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
        foreach (GptArchitecture architecture in (GptArchitecture[])[GptArchitecture.Gpt1, GptArchitecture.Gpt2])
        {
            GptConfig config = new() { Architecture = architecture, TiesOutput = architecture == GptArchitecture.Gpt1, Layers = 2, Heads = 3, Width = 24, ContextLength = 16, VocabularySize = 61 };
            foreach (Parameter parameter in Train(config, arena).Parameters) hash.AppendData(MemoryMarshal.AsBytes(parameter.Data));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16].ToLower(CultureInfo.InvariantCulture);
    }

    private static GptModel Train(GptConfig config, TensorArena arena)
    {
        GptModel model = new(config, seed: 1);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        RandomStream random = new(7);
        int[] ids = new int[Batch * Time], targets = new int[Batch * Time];
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = random.Below((ulong)(2 * (step * ids.Length + i)), config.VocabularySize!.Value);
                targets[i] = i % 9 == 4 ? -1 : random.Below((ulong)(2 * (step * ids.Length + i) + 1), config.VocabularySize!.Value);
            }

            using Pass pass = Pass.Training(arena, seed: 3, (ulong)step);
            model.Loss(pass, ids, targets, new(Batch, Time), out _).Backward();
            optimizer.Step(3e-3, maximumNorm: 1);
        }

        return model;
    }
}
