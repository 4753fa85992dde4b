using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>A learned mix of layers: the vectors that a downstream task takes from a pretrained model.</summary>
    /// <remarks>
    /// <para>y = γ·Σⱼ sⱼ·hⱼ with s = softmax(w).</para>
    /// <para>Source: Peters et al. 2018, "Deep contextualized word representations", equation 1.</para>
    /// </remarks>
    /// <param name="layers">h, L tensors of one shape, at least one of them of a pass.</param>
    /// <param name="weights">w, [L]</param>
    /// <param name="gamma">γ, [1]</param>
    /// <returns>The shape of a layer.</returns>
    /// <exception cref="ArgumentException">There are no layers, their shapes differ, or the weights or γ do not fit.</exception>
    public static Tensor WeightedMix(ReadOnlySpan<Tensor> layers, Tensor weights, Tensor gamma)
    {
        if (layers.IsEmpty) throw new ArgumentException("There are no layers to mix; give one tensor or more.", nameof(layers));
        if (weights.Shape != new Shape(layers.Length))
            throw new ArgumentException($"{layers.Length} layers need the weights [{layers.Length}], one each, not {weights.Shape}.", nameof(weights));
        if (gamma.Shape != new Shape(1)) throw new ArgumentException($"γ is one value, [1], not {gamma.Shape}.", nameof(gamma));

        Tensor ofPass = layers[0];
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].Shape != layers[0].Shape)
                throw new ArgumentException($"Layer {i} is {layers[i].Shape} and layer 0 {layers[0].Shape}; layers that are mixed have one shape.", nameof(layers));
            if (layers[i].Node.Arena is not null) ofPass = layers[i];
        }

        WeightedMixOp op = Op.Take<WeightedMixOp>(ofPass);
        op.AddInput(weights);
        op.AddInput(gamma);
        foreach (Tensor layer in layers) op.AddInput(layer);
        return op.Run(layers[0].Shape);
    }
}

internal sealed unsafe class WeightedMixOp : Op
{
    private const int LayersFrom = 2;
    private double* _shares;

    private int Layers => X.Size;

    private double Gamma => Y.Data[0];

    protected override void Forward()
    {
        ComputeShares();
        for (int j = 0; j < Layers; j++) Scaling.Run(Workers, LayerAt(j).Data, Output.Size, (float)(Gamma * _shares[j]), Output.Data, accumulate: j > 0);
    }

    // With pⱼ = ∂L/∂y·hⱼ: ∂L/∂hⱼ = γ·sⱼ·∂L/∂y, ∂L/∂γ = Σ sⱼ·pⱼ and ∂L/∂wⱼ = γ·sⱼ·(pⱼ − Σₖ sₖ·pₖ).
    protected override void Backward()
    {
        for (int j = 0; j < Layers; j++)
        {
            if (!LayerAt(j).RequiresGradient) continue;
            float* gradient = LayerAt(j).GradientToWrite(out bool accumulate);
            Scaling.Run(Workers, Output.Gradient, Output.Size, (float)(Gamma * _shares[j]), gradient, accumulate);
        }

        if (!X.RequiresGradient && !Y.RequiresGradient) return;

        float* scratch = Allocate(Totals<Products>.ScratchSize(Output.Size));
        double* products = (double*)Allocate(2L * Layers);
        double mean = 0;
        for (int j = 0; j < Layers; j++)
        {
            products[j] = Totals<Products>.Sum(Workers, Output.Gradient, LayerAt(j).Data, Output.Size, scratch);
            mean += _shares[j] * products[j];
        }

        if (Y.RequiresGradient) Y.Gradient[0] += (float)mean;
        if (!X.RequiresGradient) return;
        for (int j = 0; j < Layers; j++) X.Gradient[j] += (float)(Gamma * _shares[j] * (products[j] - mean));
    }

    private TensorNode LayerAt(int index) => Input(LayersFrom + index);

    private void ComputeShares()
    {
        _shares = (double*)Allocate(2L * Layers);
        double most = double.NegativeInfinity, sum = 0;
        for (int j = 0; j < Layers; j++) most = Math.Max(most, X.Data[j]);
        for (int j = 0; j < Layers; j++) sum += _shares[j] = PortableMath.Exp(X.Data[j] - most);
        for (int j = 0; j < Layers; j++) _shares[j] /= sum;
    }
}
