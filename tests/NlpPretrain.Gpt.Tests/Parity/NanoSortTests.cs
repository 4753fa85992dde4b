using System.Runtime.InteropServices;
using System.Text.Json;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Gpt.Tests.Parity;

/// <summary>A trained GPT that sorts, gpt-nano of minGPT, with the values that its authors recorded at each stage of a batch.</summary>
public sealed class NanoSortTests(ITestOutputHelper output) : IDisposable
{
    private const float Tolerance = 2e-6f;
    private const int Batch = 3, Time = 11, Heads = 3, Width = 48;

    private readonly JsonElement _weights = Read("gpt-nano-sort-model.json"), _stages = Read("gpt-nano-sort-t0-partials.json");
    private readonly TensorArena _arena = new(2);

    [Fact]
    public void Each_stage_of_a_block_is_theirs()
    {
        GptModel model = LoadModel();
        using Pass pass = Pass.Inference(_arena);
        Tensor tokens = model.Parameters[0].AsTensor().Embedding(pass, Ids, new(Batch, Time)), positions = model.Parameters[1].AsTensor().Embedding(pass, [.. Enumerable.Range(0, Time)]);
        Check("tok_emb", tokens);
        Check("pos_emb", positions);
        Tensor x = (tokens.Reshape(new(Batch, Time * Width)) + positions.Reshape(new(Time * Width))).Reshape(new(Batch, Time, Width));
        Check("x", x);

        Dictionary<string, Parameter> w = model.Parameters.ToDictionary(parameter => parameter.Name);
        Tensor normed = x.LayerNorm(w["h.0.ln_1.weight"], w["h.0.ln_1.bias"]), qkv = normed.Linear(w["h.0.attn.c_attn.weight"], w["h.0.attn.c_attn.bias"]);
        Check("ln1", normed);
        Check("qkv", qkv);
        (Tensor q, Tensor k, Tensor v) = (SplitHeads(qkv, 0), SplitHeads(qkv, 1), SplitHeads(qkv, 2));
        Check("q", q);
        Check("k", k);
        Check("v", v);
        Tensor scores = Tensor.MatMul(q, k, transposeRight: true) * (1 / MathF.Sqrt(Width / Heads));                                   // [B, H, T, T]
        for (int i = 0; i < scores.Data.Length; i++) if (i % Time > i / Time % Time) scores.Data[i] = float.NegativeInfinity;
        Check("att", scores);
        Check("attSm", scores.Softmax());

        Tensor heads = qkv.CausalAttention(Heads), projected = heads.Linear(w["h.0.attn.c_proj.weight"], w["h.0.attn.c_proj.bias"]), between = x + projected;
        Check("y", heads);
        Check("yProj", projected);
        Check("attnResid", between);
        Tensor second = between.LayerNorm(w["h.0.ln_2.weight"], w["h.0.ln_2.bias"]), expanded = second.Linear(w["h.0.mlp.c_fc.weight"], w["h.0.mlp.c_fc.bias"]);
        Check("ln2", second);
        Check("fc", expanded);
        Check("gelu", expanded.Gelu());
        Tensor contracted = expanded.Gelu().Linear(w["h.0.mlp.c_proj.weight"], w["h.0.mlp.c_proj.bias"]), sum = between + contracted;
        Check("mlp", contracted);
        Check("mlpResid", sum);
        model.Blocks[0].Forward(x).Data.ToArray().Should().Equal(sum.Data.ToArray(), "the block is these stages");

        Tensor SplitHeads(Tensor from, int which)
        {
            ReadOnlySpan<float> values = from.Data;
            float[] split = new float[Batch * Time * Width];
            for (int i = 0; i < split.Length; i++)
            {
                int column = i % (Width / Heads), time = i / (Width / Heads) % Time, head = i / (Time * Width / Heads) % Heads, row = i / (Time * Width);
                split[i] = values[(row * Time + time) * 3 * Width + which * Width + head * (Width / Heads) + column];
            }

            return pass.Copy(split, new(Batch, Heads, Time, Width / Heads));
        }
    }

    [Fact]
    public void Each_stage_of_the_model_is_theirs()
    {
        GptModel model = LoadModel();
        using Pass pass = Pass.Inference(_arena);
        Tensor x = pass.Copy(Values(_stages, "x"), new(Batch, Time, Width));
        for (int i = 0; i < model.Blocks.Count; i++) Check($"block{i}", x = model.Blocks[i].Forward(x));

        Tensor hidden = model.Hidden(pass, Ids, new(Batch, Time)), logits = model.Logits(hidden);
        Check("ln_f", hidden);
        Check("lm_head", logits);
        Check("probs", logits.Softmax());
    }

    public void Dispose() => _arena.Dispose();

    private int[] Ids => [.. Values(_stages, "idx").Select(id => (int)id)];

    private GptModel LoadModel()
    {
        JsonElement sizes = _weights.GetProperty("config");
        GptModel model = new(new GptConfig
        {
            Architecture = GptArchitecture.Gpt2, TiesOutput = false, Layers = Size("n_layer"), Heads = Size("n_head"), Width = Size("n_embd"),
            ContextLength = Size("block_size"), VocabularySize = Size("vocab_size"),
        }, 1);
        foreach (Parameter parameter in model.Parameters)
        {
            string name = parameter.Name == "lm_head.weight" ? parameter.Name : "transformer." + parameter.Name;
            _weights.GetProperty(name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).Should().Equal(Enumerable.Range(0, parameter.Shape.Rank).Select(axis => parameter.Shape[axis]), name);
            Values(_weights, name).CopyTo(parameter.Data);
        }

        return model;

        int Size(string name) => sizes.GetProperty(name).GetInt32();
    }

    private void Check(string stage, Tensor ours)
    {
        float[] theirs = Values(_stages, stage);
        ours.Data.Length.Should().Be(theirs.Length, stage);
        float largest = 0;
        for (int i = 0; i < theirs.Length; i++) largest = MathF.Max(largest, theirs[i] == ours.Data[i] ? 0 : MathF.Abs(theirs[i] - ours.Data[i]));
        output.WriteLine(FormattableString.Invariant($"FIGURE nano-sort/{stage} {largest:E1} absolute goal {Tolerance:E0}"));
        largest.Should().BeLessThanOrEqualTo(Tolerance, stage);
    }

    private static float[] Values(JsonElement file, string name) => MemoryMarshal.Cast<byte, float>(file.GetProperty(name).GetProperty("data").GetBytesFromBase64()).ToArray();

    private static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllBytes(TestData.File("ckpt", "gpt-nano-sort", name))).RootElement;
}
