using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

/// <summary>Checks an operation against a loop in double precision: its values, and its gradients against central differences of that loop.</summary>
/// <remarks>
/// The loss is Σ w·y with random w. The reference is differentiated numerically in double precision, so neither side shares the derivation of
/// the backward. Errors are relative by norm: |ours − reference| / |reference|, over each tensor.
/// </remarks>
internal static class OpCheck
{
    internal const double Tolerance = 1e-5;
    private const double Difference = 1e-5;

    internal delegate Tensor Forward(Tensor[] inputs);

    internal delegate double[] Reference(double[][] inputs);

    /// <summary>Runs the check with random normal-like inputs in (−scale, scale).</summary>
    internal static void Run(Shape[] shapes, Forward forward, Reference reference, float scale = 1, ulong seed = 1, double tolerance = Tolerance, int workers = 2) =>
        Run([.. shapes.Select((shape, i) => Random(shape, scale, seed, (ulong)i))], shapes, forward, reference, seed, tolerance, workers);

    internal static void Run(float[][] values, Shape[] shapes, Forward forward, Reference reference, ulong seed = 1, double tolerance = Tolerance, int workers = 2)
    {
        double[][] exact = [.. values.Select(v => v.Select(x => (double)x).ToArray())];
        double[] expected = reference(exact);

        using TensorArena arena = new(workers);
        Soil(arena);
        using Pass pass = Pass.Training(arena, seed);
        Tensor[] inputs = [.. values.Select((v, i) => pass.Variable(v, shapes[i]))];
        Tensor output = forward(inputs);
        output.Shape.Size.Should().Be(expected.Length);
        Error(output.Data, expected).Should().BeLessThan(tolerance, "values agree");

        float[] weights = Random(output.Shape, 1, seed, 1000);
        Weighted(output, weights).Backward();
        for (int i = 0; i < inputs.Length; i++)
        {
            float[] gradient = inputs[i].Gradient.IsEmpty ? new float[values[i].Length] : inputs[i].Gradient.ToArray();
            Error(gradient, Differences(exact, i, reference, weights)).Should().BeLessThan(tolerance, $"the gradient of input {i} agrees");
        }
    }

    /// <summary>Fills the memory that the next pass will hand out with NaN, so that an operation which reads what it did not write is noticed.</summary>
    internal static unsafe void Soil(TensorArena arena)
    {
        const int Count = 1 << 20;
        using Pass pass = Pass.Inference(arena);
        new Span<float>(arena.Allocate(Count), Count).Fill(float.NaN);
    }

    /// <summary>Σ w·y.</summary>
    internal static Tensor Weighted(Tensor output, float[] weights)
    {
        WeightedSumOp op = Op.Take<WeightedSumOp>(output);
        op.Weights = weights;
        return op.Run(new Shape(1), output);
    }

    internal static float[] Random(Shape shape, float scale = 1, ulong seed = 1, ulong stream = 0)
    {
        RandomStream random = new(seed, stream, 7);
        float[] values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++) values[i] = scale * (2 * random.Uniform((ulong)i) - 1);
        return values;
    }

    internal static double Error(ReadOnlySpan<float> ours, ReadOnlySpan<double> reference)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            difference += (ours[i] - reference[i]) * (ours[i] - reference[i]);
            norm += reference[i] * reference[i];
        }

        return norm == 0 ? Math.Sqrt(difference) : Math.Sqrt(difference / norm);
    }

    private static double[] Differences(double[][] inputs, int which, Reference reference, float[] weights)
    {
        double[] result = new double[inputs[which].Length];
        for (int k = 0; k < result.Length; k++)
        {
            double there = inputs[which][k];
            inputs[which][k] = there + Difference;
            double[] above = reference(inputs);
            inputs[which][k] = there - Difference;
            double[] below = reference(inputs);
            inputs[which][k] = there;
            for (int i = 0; i < weights.Length; i++) result[k] += weights[i] * (above[i] - below[i]) / (2 * Difference);
        }

        return result;
    }

    private sealed unsafe class WeightedSumOp : Op
    {
        internal float[] Weights { get; set; } = [];

        protected override void Forward()
        {
            double sum = 0;
            for (int i = 0; i < X.Size; i++) sum += (double)Weights[i] * X.Data[i];
            Output.Data[0] = (float)sum;
        }

        protected override void Backward()
        {
            for (int i = 0; i < X.Size; i++) X.Gradient[i] += Weights[i] * Output.Gradient[0];
        }
    }
}
