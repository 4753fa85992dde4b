using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Tensors;

public class ShapeTests
{
    [Fact]
    public void Knows_its_sizes()
    {
        Shape shape = new(2, 3, 4);
        (shape.Rank, shape.Size, shape.Rows, shape.Columns, shape[1]).Should().Be((3, 24, 6, 4, 3));
        shape.ToString().Should().Be("[2, 3, 4]");
        shape.WithColumns(7).Should().Be(new Shape(2, 3, 7));
        new Shape(24).Should().NotBe(new Shape(24, 1));
    }

    [Fact]
    public void Refuses_empty_axes_and_too_many_values()
    {
        new Action(() => _ = new Shape(2, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The shape [2, 0] has a size below 1*");
        new Action(() => _ = new Shape(65_536, 65_536, 2, 2)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*17179869184 values*");
        new Action(() => _ = new Shape(2)[1]).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The shape [2] has the axes 0 to 0*");
    }
}
