using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Tensors;

public sealed unsafe class MatrixTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 16)]
    [InlineData(5, 100)]
    [InlineData(7, 300)]
    public void Rows_are_aligned_apart_and_zero(int rows, int columns)
    {
        Matrix matrix = new(rows, columns);

        ((nint)matrix.Address % 64).Should().Be(0);
        (matrix.Stride % 16).Should().Be(0);
        matrix.Padded.ContainsAnyExcept(0f).Should().BeFalse();
        for (int row = 0; row < rows; row++) matrix[row].Fill(row + 1);
        for (int row = 0; row < rows; row++)
        {
            matrix[row].Length.Should().Be(columns);
            matrix[row].ToArray().Should().OnlyContain(x => x == row + 1);
            matrix.Padded.Slice(row * matrix.Stride + columns, matrix.Stride - columns).ContainsAnyExcept(0f).Should().BeFalse();
            ((nint)(matrix.Address + row * matrix.Stride)).Should().Be((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref matrix[row][0]));
        }
    }

    [Fact]
    public void Sizes_and_rows_out_of_range_are_refused_before_memory_is_taken()
    {
        ((Action)(() => _ = new Matrix(-1, 4))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new Matrix(4, 0))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new Matrix(int.MaxValue, 300))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*2147483647 x 300*");
        ((Action)(() => _ = new Matrix(2, 4)[2])).Should().Throw<ArgumentOutOfRangeException>();
    }
}
