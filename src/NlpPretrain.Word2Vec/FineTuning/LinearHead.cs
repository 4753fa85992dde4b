using System.Numerics.Tensors;
using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>A linear map of features to scores: s = W·x + b.</summary>
internal sealed class LinearHead(int features, int outputs)
{
    private const ulong InitializationStream = 0x48454144;

    /// <summary>W, [K, F].</summary>
    public Matrix Weights { get; } = new(outputs, features);

    /// <summary>b, [K].</summary>
    public float[] Bias { get; } = new float[outputs];

    public int Features => features;

    public int Outputs => outputs;

    /// <summary>Weights uniform in ±1/√F, no bias.</summary>
    public static LinearHead Create(int features, int outputs, ulong seed)
    {
        LinearHead head = new(features, outputs);
        float bound = 1 / MathF.Sqrt(features);
        for (int output = 0; output < outputs; output++)
        {
            RandomStream random = new(seed, InitializationStream, (ulong)output);
            Span<float> row = head.Weights[output];
            for (int k = 0; k < row.Length; k++) row[k] = bound * (2 * random.Uniform((ulong)k) - 1);
        }

        return head;
    }

    /// <param name="x">One row of features, [1, F].</param>
    /// <param name="scores">s, [K].</param>
    public unsafe void Forward(Matrix x, Span<float> scores)
    {
        for (int output = 0; output < outputs; output++)
        {
            scores[output] = Bias[output] + DotProducts.One(Weights.Address + (long)output * Weights.Stride, x.Address, Weights.Stride);
        }

        GC.KeepAlive(x);
    }

    // With d = ∂L/∂s: ∂L/∂W = d·xᵀ and ∂L/∂b = d.
    public static void AddGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> scoreGradient, LinearHead gradient)
    {
        for (int output = 0; output < scoreGradient.Length; output++)
        {
            Span<float> row = gradient.Weights[output];
            TensorPrimitives.MultiplyAdd(x, scoreGradient[output], row, row);
            gradient.Bias[output] += scoreGradient[output];
        }
    }

    // ∂L/∂x = Wᵀ·d.
    public void FeatureGradient(ReadOnlySpan<float> scoreGradient, Span<float> gradient)
    {
        gradient.Clear();
        for (int output = 0; output < outputs; output++)
        {
            TensorPrimitives.MultiplyAdd(Weights[output], scoreGradient[output], gradient, gradient);
        }
    }
}
