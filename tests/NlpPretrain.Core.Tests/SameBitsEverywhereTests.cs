using System.Runtime.InteropServices;
using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests;

/// <summary>A small model's weights after 50 steps.</summary>
public class SameBitsEverywhereTests() : SameBitsEverywhere<SameBitsEverywhereTests>("8b9490e5c95e2e5d")
{
    private const int Batch = 3, Time = 13, Width = 24, Heads = 3, Vocabulary = 61, Cells = 20, Steps = 50;

    protected override IEnumerable<byte[]> Run(int workers)
    {
        using TensorArena arena = new(workers);
        Model model = new(1);
        AdamW optimizer = new(arena, ParameterGroup.ForDecay(model, 0.1));
        RandomStream random = new(7);
        int[] ids = new int[Batch * Time], targets = new int[Batch * Time];
        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = random.Below((ulong)(2 * (step * ids.Length + i)), Vocabulary);
                targets[i] = i % 9 == 4 ? -1 : random.Below((ulong)(2 * (step * ids.Length + i) + 1), Vocabulary);
            }

            using Pass pass = Pass.Training(arena, seed: 3, (ulong)step);
            model.Loss(pass, ids, targets).Backward();
            optimizer.Step(3e-3, maximumNorm: 1);
        }

        foreach (Parameter parameter in model.Parameters) yield return MemoryMarshal.AsBytes(parameter.Data).ToArray();
    }

    private sealed class Model : Layer
    {
        private readonly Parameter _tokens, _positions, _gain, _bias, _qkv, _qkvBias, _expand, _expandBias, _contract, _input, _hidden, _gateBias, _projection;

        public Model(ulong seed)
        {
            RandomStreams random = new(seed);
            Initializer normal = Initializers.Normal(0.1);
            _tokens = Add("tokens", new(Vocabulary, Width), normal, random);
            _positions = Add("positions", new(Time, Width), Initializers.TruncatedNormal(0.1), random);
            (_gain, _bias) = (Add("gain", new(Width), Initializers.Ones, random), Add("bias", new(Width), Initializers.Zeros, random));
            (_qkv, _qkvBias) = (Add("qkv", new(3 * Width, Width), Initializers.XavierUniform, random), Add("qkv.bias", new(3 * Width), Initializers.Zeros, random));
            (_expand, _expandBias) = (Add("expand", new(4 * Width, Width), normal, random), Add("expand.bias", new(4 * Width), Initializers.Zeros, random));
            _contract = Add("contract", new(Width, 4 * Width), normal, random);
            _input = Add("input", new(4 * Cells, Width), Initializers.Orthogonal(), random);
            _hidden = Add("hidden", new(4 * Cells, Width), normal, random);
            _gateBias = Add("gates", new(4 * Cells), Initializers.Constant(0.5f), random);
            _projection = Add("projection", new(Width, Cells), normal, random);
        }

        public Tensor Loss(Pass pass, int[] ids, int[] targets)
        {
            int[] places = [.. Enumerable.Range(0, Batch * Time).Select(i => i % Time)];
            Tensor x = _tokens.AsTensor().Embedding(pass, ids, new(Batch, Time)) + _positions.AsTensor().Embedding(pass, places, new(Batch, Time));
            x += x.LayerNorm(_gain, _bias, 1e-5f).Linear(_qkv, _qkvBias).CausalAttention(Heads, dropout: 0.1f).Dropout(0.1f);
            x += x.Linear(_expand, _expandBias, Activation.GeluTanh).Linear(_contract);
            x += x.Linear(_expand, _expandBias, Activation.GeluExact).Linear(_contract).Tanh();
            Tensor states = x.Reshape(new(Time, Batch, Width)).Lstm(_input, _hidden, _gateBias, _projection, pass.Zeros(new(Batch, Width)), pass.Zeros(new(Batch, Cells)), 3, 3).Output;
            return states.CrossEntropy(_tokens, null, targets, labelSmoothing: 0.1f);
        }
    }
}
