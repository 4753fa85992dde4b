using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

/// <summary>Values and gradients of an operation, bit for bit, at 1 and 3 workers.</summary>
internal static class SameBits
{
    internal static void OnAnyWorkers(Shape[] shapes, OpCheck.Forward forward, float scale = 1)
    {
        float[][] one = Run(1, shapes, forward, scale), three = Run(3, shapes, forward, scale);
        for (int i = 0; i < one.Length; i++)
        {
            one[i].Should().NotBeEmpty().And.Contain(x => x != 0);
            Equal(one[i], three[i]).Should().BeTrue($"result {i} has the same bits at 1 and 3 workers");
        }
    }

    internal static bool Equal(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length) return false;
        for (int i = 0; i < left.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(left[i]) != BitConverter.SingleToInt32Bits(right[i])) return false;
        }

        return true;
    }

    private static float[][] Run(int workers, Shape[] shapes, OpCheck.Forward forward, float scale)
    {
        using TensorArena arena = new(workers);
        if (workers > 1) OpCheck.Soil(arena);
        using Pass pass = Pass.Training(arena, 5);
        Tensor[] inputs = [.. shapes.Select((shape, i) => pass.Variable(OpCheck.Random(shape, scale, 3, (ulong)i), shape))];
        Tensor output = forward(inputs);
        OpCheck.Weighted(output, OpCheck.Random(output.Shape, 1, 9, 1000)).Backward();
        return [output.Data.ToArray(), .. inputs.Select(input => input.Gradient.ToArray())];
    }
}
