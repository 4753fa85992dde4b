using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Peers;

/// <summary>The same language model as <see cref="TorchLstm"/> from the core's operations.</summary>
internal sealed class OurLstm : Layer
{
    private readonly LstmShape _shape;
    private readonly Parameter _embedding, _softmaxWeight, _softmaxBias;
    private readonly Stack[] _layers;

    public OurLstm(LstmShape shape, ulong seed)
    {
        RandomStreams random = new(seed);
        _shape = shape;
        _embedding = Add("embedding.weight", new(shape.Vocabulary, shape.Projection), Initializers.Normal(0.1f), random);
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(layer => Add($"lstm.{layer}", new Stack(shape, random)))];
        _softmaxWeight = Add("softmax.weight", new(shape.Vocabulary, shape.Projection), Initializers.Normal(0.1f), random);
        _softmaxBias = Add("softmax.bias", new(shape.Vocabulary), Initializers.Zeros, random);
    }

    public Tensor Loss(Pass pass, ReadOnlySpan<int> ids, ReadOnlySpan<int> targets)
    {
        Tensor x = _embedding.AsTensor().Embedding(pass, ids, new(_shape.Time, _shape.Batch));                                       // [T, B, P]
        foreach (Stack layer in _layers) x = layer.Forward(pass, x, _shape);
        return x.CrossEntropy(_softmaxWeight, _softmaxBias, targets);
    }

    private sealed class Stack : Layer
    {
        private readonly Parameter _input, _hidden, _bias, _projection;

        public Stack(LstmShape shape, RandomStreams random)
        {
            _input = Add("input.weight", new(4 * shape.Cells, shape.Projection), Initializers.Normal(0.08f), random);
            _hidden = Add("hidden.weight", new(4 * shape.Cells, shape.Projection), Initializers.Normal(0.08f), random);
            _bias = Add("bias", new(4 * shape.Cells), Initializers.Zeros, random);
            _projection = Add("projection.weight", new(shape.Projection, shape.Cells), Initializers.Normal(0.08f), random);
        }

        public Tensor Forward(Pass pass, Tensor x, LstmShape shape) =>
            x.Lstm(_input, _hidden, _bias, _projection, pass.Zeros(new(shape.Batch, shape.Projection)), pass.Zeros(new(shape.Batch, shape.Cells)), shape.Limit, shape.Limit).Output;
    }
}
