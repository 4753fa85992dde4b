using NlpPretrain.Kernels;

namespace NlpPretrain.Tensors;

public partial struct Tensor
{
    /// <summary>The attention of a sequence to itself, where each position sees itself and those before it.</summary>
    /// <param name="heads">H, a divisor of C.</param>
    /// <param name="dropout">The part of the probabilities that training drops, 0 to below 1. Default 0.</param>
    /// <returns>[B, T, C] for this tensor [B, T, 3C] of queries, keys and values beside each other.</returns>
    /// <remarks>See <see cref="Attention"/>.</remarks>
    /// <exception cref="ArgumentException">This tensor is not [B, T, 3C] with C a multiple of the heads.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The dropout is out of range.</exception>
    public Tensor CausalAttention(int heads, float dropout = 0) => SelfAttention(heads, isCausal: true, default, dropout);

    /// <summary>The attention of a sequence to itself.</summary>
    /// <param name="heads">H, a divisor of C.</param>
    /// <param name="isCausal">Whether each position sees only itself and those before it, not all.</param>
    /// <param name="lengths">How many positions of each sequence are not padding, [B]. Default: all.</param>
    /// <param name="dropout">The part of the probabilities that training drops, 0 to below 1. Default 0.</param>
    /// <returns>[B, T, C] for this tensor [B, T, 3C] of queries, keys and values beside each other.</returns>
    /// <remarks>See <see cref="Attention"/>.</remarks>
    /// <exception cref="ArgumentException">This tensor is not [B, T, 3C] with C a multiple of the heads, or there is not one length for each sequence.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length or the dropout is out of range.</exception>
    public Tensor SelfAttention(int heads, bool isCausal = false, ReadOnlySpan<int> lengths = default, float dropout = 0)
    {
        Shape shape = Shape;
        if (shape.Rank != 3 || shape[2] % 3 != 0)
            throw new ArgumentException($"Self-attention needs queries, keys and values beside each other, [B, T, 3C]; this tensor is {shape}.");

        AttentionOp op = Op.Take<AttentionOp>(this);
        op.Set(shape[0], shape[1], shape[1], shape[2] / 3, heads, isCausal, lengths, dropout, Pass);
        return op.Run(new Shape(shape[0], shape[1], shape[2] / 3), this);
    }

    /// <summary>Scaled dot-product attention of several heads.</summary>
    /// <remarks>
    /// <para>For each head of d = C / H columns: y = dropout(softmax(Q·Kᵀ / √d))·V, over the keys that a query sees.</para>
    /// <para>
    /// The probabilities [T, T] never exist whole: they come by blocks of 64 queries and 64 keys, in the forward and again in the backward. The bits of a
    /// sequence do not depend on the others of its batch or on padding; outputs of padded queries mean nothing, but are finite.
    /// </para>
    /// <para>Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2; Dao et al. 2022, arXiv:2205.14135.</para>
    /// </remarks>
    /// <param name="query">Q, [B, T, C]</param>
    /// <param name="key">K, [B, S, C]</param>
    /// <param name="value">V, [B, S, C]</param>
    /// <param name="heads">H, a divisor of C.</param>
    /// <param name="isCausal">Whether a query sees no key behind its position; the T queries are the last of the S positions, so S ≥ T.</param>
    /// <param name="lengths">How many keys of each sequence are not padding, [B], each 1 to S. Default: all.</param>
    /// <param name="dropout">The part of the probabilities that training drops, 0 to below 1. Default 0.</param>
    /// <returns>[B, T, C]</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is not one length for each sequence.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length or the dropout is out of range.</exception>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, int heads, bool isCausal = false, ReadOnlySpan<int> lengths = default, float dropout = 0)
    {
        Shape q = query.Shape, k = key.Shape;
        if (q.Rank != 3 || k.Rank != 3 || k != value.Shape || q[0] != k[0] || q[2] != k[2])
            throw new ArgumentException($"Attention needs a query [B, T, C] and a key and a value [B, S, C]; they are {q}, {k} and {value.Shape}.", nameof(query));
        if (isCausal && k[1] < q[1])
            throw new ArgumentException($"Causal attention needs a key for the position of each query; there are {q[1]} queries and {k[1]} keys.", nameof(key));

        AttentionOp op = Op.Take<AttentionOp>(query);
        op.Set(q[0], q[1], k[1], q[2], heads, isCausal, lengths, dropout, query.Pass);
        return op.Run(q, query, key, value);
    }
}

internal sealed unsafe class AttentionOp : Op
{
    private AttentionProblem _problem;

    internal void Set(int batch, int queries, int keys, int width, int heads, bool isCausal, ReadOnlySpan<int> lengths, float dropout, Pass pass)
    {
        Check(batch, keys, width, heads, lengths, dropout);
        bool drops = dropout > 0 && pass.IsTraining;
        _problem = new()
        {
            Batch = batch, Heads = heads, Queries = queries, Keys = keys, HeadSize = width / heads, IsCausal = isCausal, Scale = 1 / MathF.Sqrt(width / heads),
            DropBelow = drops ? Math.Max(1, (uint)(dropout * 4294967296.0)) : 0, KeptScale = 1 / (1 - dropout), Random = drops ? pass.NextRandom() : default,
        };
        if (lengths.IsEmpty) return;

        _problem.Lengths = AllocateIntegers(batch);
        lengths.CopyTo(new(_problem.Lengths, batch));
    }

    internal static void Check(int batch, int keys, int width, int heads, ReadOnlySpan<int> lengths, float dropout)
    {
        if (heads < 1 || width % heads != 0 || width / heads > AttentionProblem.MostHeadSize)
            throw new ArgumentException($"A width of {width} has no {heads} equal heads of 1 to {AttentionProblem.MostHeadSize} columns.", nameof(heads));
        if (!lengths.IsEmpty && lengths.Length != batch)
            throw new ArgumentException($"{lengths.Length} lengths were given for a batch of {batch} sequences; each needs one.", nameof(lengths));
        if (!(dropout is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "Dropout is the part of the probabilities that training drops: 0 to below 1.");

        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 1 || lengths[i] > keys)
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[i], $"Sequence {i} has a length of {lengths[i]}; lengths are 1 to {keys}.");
        }
    }

    protected override void Forward()
    {
        SetInputs();
        long rows = (long)_problem.Pairs * _problem.Queries;
        _problem.Largest = IsRecorded ? Allocate(rows) : null;
        _problem.Reciprocal = IsRecorded ? Allocate(rows) : null;
        AttentionForward work = new() { Problem = _problem, Output = Output.Data };
        Workers.For(work.Pieces, Cost, ref work);
    }

    protected override void Backward()
    {
        AttentionBackward work = new() { Problem = _problem, Output = Output.Data, OutputGradient = Output.Gradient, ByBlocks = _problem.Pairs < Workers.Count && !IsShared };
        if (InputCount == 1)
        {
            int width = Output.Columns;
            work.QueryGradient = X.GradientToWrite(out bool accumulate);
            work.KeyGradient = work.QueryGradient + width;
            work.ValueGradient = work.QueryGradient + 2 * width;
            work.ClearQuery = work.ClearKey = work.ClearValue = !accumulate;
        }
        else
        {
            work.QueryGradient = GradientOf(X, out work.ClearQuery);
            work.KeyGradient = GradientOf(Y, out work.ClearKey);
            work.ValueGradient = GradientOf(Z, out work.ClearValue);
        }

        Workers.For(work.Pieces, 3 * Cost, ref work);
    }

    private long Cost => (long)_problem.Pairs * _problem.Queries * _problem.Keys * _problem.HeadSize / Row.Lanes;

    /// <summary>Whether one tensor is several inputs: its gradient is cleared before all of them add to it, and no two pieces may add to one row.</summary>
    private bool IsShared => InputCount == 3 && (ReferenceEquals(X, Y) || ReferenceEquals(X, Z) || ReferenceEquals(Y, Z));

    private float* GradientOf(TensorNode input, out bool clear)
    {
        clear = false;
        if (!input.RequiresGradient) return null;
        if (IsShared) return input.Gradient;

        float* gradient = input.GradientToWrite(out bool accumulate);
        clear = !accumulate;
        return gradient;
    }

    private void SetInputs()
    {
        if (InputCount == 1)
        {
            int width = Output.Columns;
            _problem.Query = X.Data;
            _problem.Key = X.Data + width;
            _problem.Value = X.Data + 2 * width;
            _problem.QueryRow = _problem.KeyRow = _problem.ValueRow = 3L * width;
            _problem.QueryStep = _problem.KeyStep = _problem.ValueStep = 3L * width * _problem.Keys;
            return;
        }

        _problem.Query = X.Data;
        _problem.Key = Y.Data;
        _problem.Value = Z.Data;
        _problem.QueryRow = _problem.KeyRow = _problem.ValueRow = X.Columns;
        _problem.QueryStep = (long)X.Columns * _problem.Queries;
        _problem.KeyStep = _problem.ValueStep = (long)X.Columns * _problem.Keys;
    }
}
