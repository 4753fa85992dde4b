using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class AddTests
{
    [Fact]
    public void Adds_tensors_of_one_shape() =>
        OpCheck.Run([new(3, 5), new(3, 5)], x => x[0] + x[1], x => [.. x[0].Zip(x[1], (a, b) => a + b)]);

    [Fact]
    public void Adds_a_row_to_every_row() =>
        OpCheck.Run([new(2, 3, 5), new(5)], x => x[0] + x[1], x => [.. x[0].Select((a, i) => a + x[1][i % 5])]);

    [Fact]
    public void Adds_a_tensor_to_itself() => OpCheck.Run([new(7)], x => x[0] + x[0], x => [.. x[0].Select(a => 2 * a)]);

    [Fact]
    public void Refuses_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor left = pass.Zeros(new(2, 3)), right = pass.Zeros(new(2));
        new Action(() => _ = left + right).Should().Throw<ArgumentException>().WithMessage("[[]2, 3[]] + [[]2[]]: the right side needs the same shape, or one axis of 3*".Replace("[[]", "[").Replace("[]]", "]"));
    }
}
