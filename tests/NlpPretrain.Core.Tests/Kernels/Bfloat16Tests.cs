using NlpPretrain.Core.Tests.Ops;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Kernels;

public sealed unsafe class Bfloat16Tests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 64, 7)]
    [InlineData(2, 65, 32)]
    [InlineData(3, 100, 33)]
    [InlineData(4, 1000, 700)]
    public void Few_rows_have_the_bits_of_the_chain_over_rounded_values(int m, int n, int k)
    {
        float[] a = OpCheck.Random(new(m, k), 1), b = [.. OpCheck.Random(new(n, k), 2).Select(Bfloat16Matrix.Round)], bias = OpCheck.Random(new(n), 3), c = new float[m * n + 1];
        Bfloat16Matrix matrix = new(n, k, b);
        using Workers one = new(1), three = new(3);
        foreach (bool hasBias in new[] { false, true })
        {
            float[] expected = [.. MatrixStreamTests.Chain(m, n, k, a, b, hasBias ? bias : null), 7];
            foreach (Workers workers in new[] { one, three })
            {
                Array.Fill(c, 7);
                fixed (float* pa = a, pc = c, pBias = bias) Bfloat16Stream.Run(workers, m, pa, k, matrix, pc, n, hasBias ? pBias : null);
                SameBits.Equal(c, expected).Should().BeTrue($"{m} x {k} > {n}, {workers.Count} workers, bias {hasBias}");
            }
        }
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F800000u)]
    [InlineData(0x3F818000u, 0x3F820000u)]
    [InlineData(0x3F808001u, 0x3F810000u)]
    [InlineData(0x3F807FFFu, 0x3F800000u)]
    [InlineData(0xBF818000u, 0xBF820000u)]
    [InlineData(0x7F7FFFFFu, 0x7F800000u)]
    [InlineData(0x7F800000u, 0x7F800000u)]
    [InlineData(0x7F800001u, 0x7FC00000u)]
    [InlineData(0x00008000u, 0x00000000u)]
    [InlineData(0x80000000u, 0x80000000u)]
    public void Rounds_to_the_nearest_and_ties_to_even(uint bits, uint expected) =>
        BitConverter.SingleToUInt32Bits(Bfloat16Matrix.Round(BitConverter.UInt32BitsToSingle(bits))).Should().Be(expected);

    [Fact]
    public void A_rounded_parameter_gives_the_same_bits_by_few_rows_and_by_many()
    {
        using TensorArena arena = new(2);
        Parameter weight = new("w", new(70, 50)), vector = new("b", new(70));
        OpCheck.Random(weight.Shape, 4).CopyTo(weight.Data);
        weight.RoundToBfloat16();
        weight.IsTrainable.Should().BeFalse();
        new Action(vector.RoundToBfloat16).Should().Throw<InvalidOperationException>().WithMessage("The parameter 'b' is [70]*");

        float[] x = OpCheck.Random(new(9, 50), 5);
        using Pass pass = Pass.Inference(arena);
        float[] many = pass.Copy(x, new(9, 50)).Linear(weight).Data.ToArray();
        for (int row = 0; row < 9; row += 3)
            SameBits.Equal(pass.Copy(x.AsSpan(row * 50, 150), new(3, 50)).Linear(weight).Data, many.AsSpan(row * 70, 210)).Should().BeTrue();
    }

    [Fact]
    public void A_parameter_that_is_trained_again_has_its_own_values_only()
    {
        using TensorArena arena = new(1);
        Parameter weight = new("w", new(64, 16));
        weight.Data.Fill(1);
        weight.RoundToBfloat16();
        weight.IsTrainable = true;
        weight.Data.Fill(2);
        using Pass pass = Pass.Inference(arena);
        pass.Copy(Enumerable.Repeat(1f, 16).ToArray(), new(1, 16)).Linear(weight).Data.ToArray().Should().OnlyContain(value => value == 32);
    }
}
