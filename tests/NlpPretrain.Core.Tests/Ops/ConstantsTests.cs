using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

/// <summary>An input that wants no gradient gets none, and the gradients of the others keep their bits.</summary>
public class ConstantsTests
{
    private static readonly Dictionary<string, (Shape[] Shapes, OpCheck.Forward Forward)> Operations = new()
    {
        ["add"] = ([new(3, 4), new(4)], x => x[0] + x[1]),
        ["subtract"] = ([new(3, 4), new(3, 4)], x => x[0] - x[1]),
        ["multiply"] = ([new(3, 4), new(4)], x => x[0] * x[1]),
        ["matmul"] = ([new(3, 4), new(4, 5)], x => Tensor.MatMul(x[0], x[1])),
        ["linear"] = ([new(3, 4), new(5, 4), new(5)], x => x[0].Linear(x[1], x[2], Activation.Tanh)),
        ["layer norm"] = ([new(3, 4), new(4), new(4)], x => x[0].LayerNorm(x[1], x[2], 1e-5f)),
        ["attention"] = ([new(2, 3, 4), new(2, 3, 4), new(2, 3, 4)], x => Tensor.Attention(x[0], x[1], x[2], 2)),
        ["concatenate"] = ([new(3, 4), new(3, 2), new(3, 5)], x => Tensor.Concatenate([x[0], x[1], x[2]])),
        ["weighted mix"] = ([new(3, 4), new(3, 4), new(2), new(1)], x => Tensor.WeightedMix([x[0], x[1]], x[2], x[3])),
        ["cosine similarity"] = ([new(3, 4), new(3, 4)], x => Tensor.CosineSimilarity(x[0], x[1])),
        ["mean squared error"] = ([new(3, 4), new(3, 4)], x => x[0].MeanSquaredError(x[1])),
        ["cross entropy"] = ([new(3, 4), new(5, 4), new(5)], x => x[0].CrossEntropy(x[1], x[2], [4, 0, -1])),
        ["character convolution"] = ([new(3, 4, 2), new(2, 2, 3), new(3)], x => x[0].CharacterConvolution(x[1], x[2])),
        ["LSTM"] = ([new(4, 2, 3), new(20, 3), new(20, 3), new(20), new(3, 5), new(2, 3), new(2, 5)], x => x[0].Lstm(x[1], x[2], x[3], x[4], x[5], x[6]).Output),
        ["padded LSTM"] = ([new(4, 2, 3), new(20, 3), new(20, 3), new(20), new(3, 5), new(2, 3), new(2, 5)], x => x[0].Lstm(x[1], x[2], x[3], x[4], x[5], x[6], lengths: [2, 4]).Output),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_gets_no_gradient_and_changes_no_other(string name)
    {
        int count = Operations[name].Shapes.Length;
        float[][] all = Gradients(-1);
        for (int constant = 0; constant < count; constant++)
        {
            float[][] some = Gradients(constant);
            for (int i = 0; i < count; i++)
            {
                if (i == constant) some[i].Should().BeEmpty($"input {i} of {name} is a constant");
                else SameBits.Equal(some[i], all[i]).Should().BeTrue($"input {i} of {name} has the same gradient where input {constant} is a constant");
            }
        }

        float[][] Gradients(int constant)
        {
            using TensorArena arena = new(1);
            OpCheck.Soil(arena);
            using Pass pass = Pass.Training(arena);
            Tensor[] inputs =
            [
                .. Operations[name].Shapes.Select((shape, i) => i == constant ? pass.Copy(OpCheck.Random(shape, 1, 3, (ulong)i), shape) : pass.Variable(OpCheck.Random(shape, 1, 3, (ulong)i), shape)),
            ];
            Tensor output = Operations[name].Forward(inputs);
            OpCheck.Weighted(output, OpCheck.Random(output.Shape, 1, 4)).Backward();
            return [.. inputs.Select(input => input.Gradient.ToArray())];
        }
    }
}
