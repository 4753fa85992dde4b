using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

/// <summary>What lies behind a row's length changes no bit of values and gradients, NaN included, and gets no gradient.</summary>
public class PaddingTests
{
    private const int Batch = 3, Time = 37, Width = 16;

    private static readonly Shape Batched = new(Batch, Time, Width);
    private static readonly int[] Lengths = [37, 1, 18];

    // Each reads tensors that are padded alike: the first is what the others are padded as.
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor, Tensor>> Operations = new()
    {
        ["attention"] = (query, key, value) => Tensor.Attention(query, key, value, 2, isCausal: false, lengths: Lengths),
        ["causal attention"] = (query, key, value) => Tensor.Attention(query, key, value, 2, isCausal: true, lengths: Lengths),
        ["mean over time"] = (_, x, _) => x.MeanOverTime(Lengths),
        ["maximum over time"] = (_, x, _) => x.MaxOverTime(Lengths),
        ["last over time"] = (_, x, _) => x.LastOverTime(Lengths),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Padding_has_no_part_in_values_and_gradients(string name)
    {
        float[][] clean = Run(0), dirty = Run(float.NaN);
        for (int i = 0; i < clean.Length; i++)
        {
            clean[i].Should().Contain(value => value != 0);
            SameBits.Equal(dirty[i], clean[i]).Should().BeTrue($"result {i} of {name} does not depend on what is behind the lengths");
        }

        for (int i = 0; i < Batched.Size; i++)
        {
            if (IsPadding(i)) clean[1][i].Should().Be(0, "padding gets no gradient");
        }

        float[][] Run(float padding)
        {
            using TensorArena arena = new(2);
            OpCheck.Soil(arena);
            using Pass pass = Pass.Training(arena);
            Tensor query = pass.Copy(OpCheck.Random(Batched, 1, 7), Batched), key = Padded(8), value = Padded(9);
            Tensor output = Operations[name](query, key, value);
            OpCheck.Weighted(output, OpCheck.Random(output.Shape, 1, 5)).Backward();
            return value.Gradient.IsEmpty ? [output.Data.ToArray(), key.Gradient.ToArray()] : [output.Data.ToArray(), key.Gradient.ToArray(), value.Gradient.ToArray()];

            Tensor Padded(ulong seed)
            {
                float[] values = OpCheck.Random(Batched, 1, seed);
                for (int i = 0; i < values.Length; i++) values[i] = IsPadding(i) ? padding : values[i];
                return pass.Variable(values, Batched);
            }
        }
    }

    private static bool IsPadding(int i) => i / Width % Time >= Lengths[i / Width / Time];
}
