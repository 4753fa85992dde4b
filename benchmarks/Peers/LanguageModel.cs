using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Peers;

/// <summary>A model of ours that is trained to predict words.</summary>
internal abstract class LanguageModel : Layer
{
    /// <summary>The mean cross entropy of targets after ids, in nats.</summary>
    public abstract Tensor Loss(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> targets);
}
