using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Peers;

/// <summary>A model of ours that is trained to predict words.</summary>
/// <param name="Weights">Its layer, with the parameters.</param>
/// <param name="Loss">The mean cross entropy of a batch, in nats.</param>
internal sealed record OurModel(Layer Weights, Func<Pass, Batch, Tensor> Loss);
