using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class ClampTests
{
    [Fact]
    public void Agrees_with_the_loop_and_adds_to_gradients() =>
        OpCheck.Run([new(7, 13)], x => x[0].Clamp(-0.5f, 0.25f) + x[0].Clamp(float.NegativeInfinity, 0.5f), x => [.. x[0].Select(a => Math.Clamp(a, -0.5, 0.25) + Math.Min(a, 0.5))]);

    [Fact]
    public void The_gradient_passes_at_the_limits_themselves()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Variable([-2, -1, 0, 1, 2, float.NaN], new(6)), y = x.Clamp(-1, 1);
        y.Data.ToArray().Should().Equal(-1, -1, 0, 1, 1, float.NaN);
        y.Sum().Backward();
        x.Gradient.ToArray().Should().Equal(0, 1, 1, 1, 0, 1);
    }

    [Fact]
    public void Bits_do_not_depend_on_workers() => SameBits.OnAnyWorkers([new(300, 211)], x => x[0].Clamp(-0.5f, 0.25f));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(float.NaN, 0)]
    [InlineData(0, float.NaN)]
    public void Refuses_limits_that_exclude_all(float least, float most)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(3));
        new Action(() => x.Clamp(least, most)).Should().Throw<ArgumentException>().WithMessage("Values cannot be at least*");
    }
}
