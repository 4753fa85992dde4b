using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests;

/// <summary>A steady training step of a whole model allocates nothing on the managed heap, on any thread.</summary>
[Collection(nameof(Alone))]
public class TrainingStepAllocationTests
{
    private const int Batch = 4, Time = 32, Width = 64, Vocabulary = 3000;

    [Fact]
    public void Of_a_Transformer() => Check(new Transformer());

    [Fact]
    public void Of_a_projected_LSTM() => Check(new Recurrent());

    private static void Check(Model model)
    {
        using TensorArena arena = new(2);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        int[] ids = [.. Enumerable.Range(0, Batch * Time).Select(i => i * 7919 % Vocabulary)], targets = [.. ids.Skip(1), -1];
        for (int step = 0; step < 30; step++) Step(step);

        Allocations.CheckNone(Step);

        void Step(int step)
        {
            using Pass pass = Pass.Training(arena, 1, (ulong)step);
            model.Loss(pass, ids, targets).Backward();
            optimizer.Step(1e-3, maximumNorm: 1);
        }
    }

    private abstract class Model : Layer
    {
        public abstract Tensor Loss(Pass pass, int[] ids, int[] targets);
    }

    private sealed class Transformer : Model
    {
        private readonly Embedding _tokens;
        private readonly (LayerNorm AttentionNorm, MultiHeadAttention Attention, LayerNorm Norm, FeedForward FeedForward)[] _blocks;

        public Transformer()
        {
            RandomStreams random = new(1);
            _tokens = Add("tokens", new Embedding(Vocabulary, Width, random));
            _blocks =
            [
                .. Enumerable.Range(0, 2).Select(i => (Add($"{i}.ln_1", new LayerNorm(Width, random)), Add($"{i}.attn", new MultiHeadAttention(Width, 4, true, random, 0.1f)),
                    Add($"{i}.ln_2", new LayerNorm(Width, random)), Add($"{i}.mlp", new FeedForward(Width, 4 * Width, Activation.GeluTanh, random)))),
            ];
        }

        public override Tensor Loss(Pass pass, int[] ids, int[] targets)
        {
            Tensor x = _tokens.Forward(pass, ids, new(Batch, Time)).Dropout(0.1f);
            foreach ((LayerNorm attentionNorm, MultiHeadAttention attention, LayerNorm norm, FeedForward feedForward) in _blocks)
            {
                x += attention.Forward(attentionNorm.Forward(x));
                x += feedForward.Forward(norm.Forward(x));
            }

            return x.CrossEntropy(_tokens.Weight, null, targets);
        }
    }

    private sealed class Recurrent : Model
    {
        private const int Cells = 96;

        private readonly Embedding _tokens;
        private readonly Lstm _lstm;
        private readonly Linear _output;
        private readonly int[] _lengths = [Time, 20, 1, Time];

        public Recurrent()
        {
            RandomStreams random = new(1);
            _tokens = Add("tokens", new Embedding(Vocabulary, Width, random));
            _lstm = Add("lstm", new Lstm(Width, Cells, Width, random, 3, 3));
            _output = Add("output", new Linear(Width, Vocabulary, random));
        }

        public override Tensor Loss(Pass pass, int[] ids, int[] targets)
        {
            Tensor x = _tokens.Forward(pass, ids, new(Time, Batch));
            x = _lstm.Forward(x, pass.Zeros(new(Batch, Width)), pass.Zeros(new(Batch, Cells)), _lengths).Output;
            return _output.Forward(x).CrossEntropy(targets);
        }
    }
}
