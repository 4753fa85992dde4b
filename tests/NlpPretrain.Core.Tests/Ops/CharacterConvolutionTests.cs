using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class CharacterConvolutionTests
{
    private const int Words = 70, Characters = 6, Depth = 3, Width = 2, Filters = 21;

    private static readonly Shape[] Shapes = [new(Words, Characters, Depth), new(Width, Depth, Filters), new(Filters)];

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void Equals_a_double_loop(Activation activation) => OpCheck.Run(Shapes, x => x[0].CharacterConvolution(x[1], x[2], activation), x => Reference(x, activation));

    [Fact]
    public void Threads_change_no_bit() => SameBits.OnAnyWorkers(Shapes, x => x[0].CharacterConvolution(x[1], x[2]));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_character_that_is_not_a_number_is_noticed(int character)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        float[] values = OpCheck.Random(Shapes[0]);
        values[(Characters + character) * Depth] = float.NaN;                                    // of word 1
        Tensor x = pass.Variable(values, Shapes[0]), filters = pass.Variable(OpCheck.Random(Shapes[1]), Shapes[1]);
        Tensor y = x.CharacterConvolution(filters, pass.Zeros(Shapes[2]));
        for (int i = 0; i < y.Data.Length; i++) float.IsNaN(y.Data[i]).Should().Be(i / Filters == 1);

        Tensor z = x.CharacterConvolution(filters, pass.Zeros(Shapes[2]), Activation.None);
        z.Sum().Backward();
        filters.Gradient.ToArray().Should().Contain(g => float.IsNaN(g));
    }

    [Fact]
    public void The_first_of_equal_positions_gets_the_gradient()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        float[] values = new float[Shapes[0].Size];
        Array.Fill(values, 1);
        Tensor x = pass.Variable(values, Shapes[0]);
        x.CharacterConvolution(pass.Copy(OpCheck.Random(Shapes[1]), Shapes[1]), pass.Zeros(Shapes[2]), Activation.None).Sum().Backward();
        for (int i = 0; i < values.Length; i++) (x.Gradient[i] != 0).Should().Be(i / Depth % Characters < Width);
    }

    [Fact]
    public void Refuses_what_does_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor x = pass.Zeros(new(2, 3, 4)), bias = pass.Zeros(new(5));
        new Action(() => x.CharacterConvolution(pass.Zeros(new(4, 4, 5)), bias)).Should().Throw<ArgumentException>().Which.Message.Should().StartWith("The filters are [4, 4, 5]; for the characters [2, 3, 4]");
        new Action(() => x.CharacterConvolution(pass.Zeros(new(2, 4, 5)), bias, Activation.GeluTanh)).Should().Throw<ArgumentException>().Which.Message.Should().StartWith("The activation is GeluTanh");
    }

    private static double[] Reference(double[][] x, Activation activation)
    {
        double[] y = new double[Words * Filters];
        for (int word = 0; word < Words; word++)
        {
            for (int filter = 0; filter < Filters; filter++)
            {
                double most = double.NegativeInfinity;
                for (int position = 0; position + Width <= Characters; position++)
                {
                    double sum = 0;
                    for (int w = 0; w < Width; w++)
                    {
                        for (int d = 0; d < Depth; d++) sum += x[0][(word * Characters + position + w) * Depth + d] * x[1][(w * Depth + d) * Filters + filter];
                    }

                    most = Math.Max(most, sum);
                }

                y[word * Filters + filter] = ActivationTests.Exact(activation, most + x[2][filter]);
            }
        }

        return y;
    }
}
