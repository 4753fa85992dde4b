using NlpPretrain.Tensors;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>One operation on both sides.</summary>
/// <param name="Name">Its name in the lines that are printed.</param>
/// <param name="Inputs">Shapes of what it is differentiated by.</param>
/// <param name="Ours">The operation on those inputs.</param>
/// <param name="Torch">Takes libtorch's copies, which it may replace by parameters of a module, and gives the operation.</param>
/// <param name="IsTable">Whether the first input is a parameter too, not a value of the pass.</param>
/// <param name="IsRandom">Whether it drops values at random, so that only rates can agree.</param>
internal sealed record OperationCase(
    string Name, Shape[] Inputs, Func<Pass, Tensors.Tensor[], Tensors.Tensor> Ours, Func<TorchTensor[], Func<TorchTensor>> Torch, bool IsTable = false, bool IsRandom = false)
{
    private const float Epsilon = 1e-5f;
    private const int Rows = 512, Width = 768, Hidden = 3072, Heads = 6, HeadSize = 64, Batch = 4, Time = 256, Small = Heads * HeadSize, Vocabulary = 8_000;
    private const int LstmTime = 20, LstmBatch = 32, LstmInputs = 128, Cells = 512;

    /// <summary>What is dropped where the operation is random.</summary>
    public const float Dropped = 0.1f;

    public static OperationCase[] All { get; } =
    [
        new("linear-512x768x3072", [new(Rows, Width), new(Hidden, Width), new(Hidden)],
            (_, x) => x[0].Linear(x[1], x[2]),
            x => () => nn.functional.linear(x[0], x[1], x[2])),
        new("linear-gelu-512x768x3072", [new(Rows, Width), new(Hidden, Width), new(Hidden)],
            (_, x) => x[0].Linear(x[1], x[2], Activation.GeluTanh),
            x => () => nn.functional.gelu(nn.functional.linear(x[0], x[1], x[2]), TorchSharp.Modules.GELU.Approximate.tanh)),
        new("layer-norm-1024x768", [new(2 * Rows, Width), new(Width), new(Width)],
            (_, x) => x[0].LayerNorm(x[1], x[2], Epsilon),
            x => () => nn.functional.layer_norm(x[0], [Width], x[1], x[2], Epsilon)),
        new("softmax-1024x1024", [new(1024, 1024)],
            (_, x) => x[0].Softmax(),
            x => () => nn.functional.softmax(x[0], -1)),
        new("attention-4x256-6x64", [new(Batch, Time, 3 * Small)],
            (_, x) => x[0].CausalAttention(Heads),
            x => () => Attention(x[0])),
        new("embedding-4x256-384", [new(Vocabulary, Small)],
            (pass, x) => x[0].Embedding(pass, Ids(Batch * Time), new(Batch, Time)),
            Embedding, IsTable: true),
        new("cross-entropy-1024x384x8000", [new(Batch * Time, Small), new(Vocabulary, Small)],
            (_, x) => x[0].CrossEntropy(x[1], null, Ids(Batch * Time)),
            x =>
            {
                TorchTensor targets = TorchBuild.Indices(Ids(Batch * Time), Batch * Time);
                return () => nn.functional.cross_entropy(nn.functional.linear(x[0], x[1]), targets);
            }),
        new("lstm-20x32-128x512", [new(LstmTime, LstmBatch, LstmInputs), new(4 * Cells, LstmInputs), new(4 * Cells, Cells), new(4 * Cells)],
            (pass, x) => x[0].Lstm(x[1], x[2], x[3], null, pass.Zeros(new(LstmBatch, Cells)), pass.Zeros(new(LstmBatch, Cells))).Output,
            Lstm),
        Elementwise("gelu", x => x.Gelu(), x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
        Elementwise("gelu-exact", x => x.GeluExact(), x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.none)),
        Elementwise("tanh", x => x.Tanh(), x => x.tanh()),
        Elementwise("sigmoid", x => x.Sigmoid(), x => x.sigmoid()),
        Elementwise("dropout", x => x.Dropout(Dropped), x => nn.functional.dropout(x, Dropped, training: true)) with { IsRandom = true },
    ];

    private static OperationCase Elementwise(string name, Func<Tensors.Tensor, Tensors.Tensor> ours, Func<TorchTensor, TorchTensor> torch) =>
        new($"{name}-1024x3072", [new(1024, Hidden)], (_, x) => ours(x[0]), x => () => torch(x[0]));

    private static int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => i * 37 % Vocabulary)];

    private static TorchTensor Attention(TorchTensor qkv)
    {
        TorchTensor[] parts = [.. qkv.chunk(3, -1).Select(part => part.view(Batch, Time, Heads, HeadSize).transpose(1, 2))];
        TorchTensor heads = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);                       // [B, H, T, C / H]
        return heads.transpose(1, 2).reshape(Batch, Time, Small);
    }

    private static Func<TorchTensor> Embedding(TorchTensor[] x)
    {
        TorchSharp.Modules.Embedding embedding = nn.Embedding(Vocabulary, Small);
        using (no_grad()) embedding.weight!.copy_(x[0]);
        x[0] = embedding.weight;
        TorchTensor ids = TorchBuild.Indices(Ids(Batch * Time), Batch, Time);
        return () => embedding.call(ids);
    }

    // libtorch's own LSTM, whose weights are its module's; it has a second bias, which is zero here.
    private static Func<TorchTensor> Lstm(TorchTensor[] x)
    {
        TorchSharp.Modules.LSTM lstm = nn.LSTM(LstmInputs, Cells);
        Dictionary<string, TorchSharp.Modules.Parameter> own = lstm.named_parameters().ToDictionary(named => named.name, named => named.parameter);
        using (no_grad())
        {
            own["bias_hh_l0"].zero_();
            foreach ((int index, string name) in new[] { (1, "weight_ih_l0"), (2, "weight_hh_l0"), (3, "bias_ih_l0") })
            {
                own[name].copy_(x[index]);
                x[index] = own[name];
            }
        }

        TorchTensor start = zeros(1, LstmBatch, Cells);
        return () => lstm.call(x[0], (start, start)).Item1;
    }
}
