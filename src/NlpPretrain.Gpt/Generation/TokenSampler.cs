using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NlpPretrain.Initialization;
using NlpPretrain.Kernels;

namespace NlpPretrain.Gpt;

/// <summary>Chooses a token from logits: the filters of <see cref="GenerationOptions"/>, then a random number.</summary>
/// <remarks>
/// Tokens are ranked by logit, then by id. Each filter keeps those up to a rank, so it needs no sort of the vocabulary: logits are counted in buckets from
/// the largest down, and only the bucket where a filter cuts is sorted.
/// </remarks>
internal sealed class TokenSampler
{
    private const ulong Stream = 0x47656E65;
    private const int Buckets = 1024;

    private readonly GenerationOptions _options;
    private readonly float[] _weights;
    private readonly ushort[] _bucketOf;
    private readonly int[] _counts = new int[Buckets];
    private readonly double[] _masses = new double[Buckets];
    private readonly Ranked[] _sorted;

    internal TokenSampler(int vocabulary, GenerationOptions options)
    {
        _options = options;
        _weights = new float[(vocabulary + 15) / 16 * 16];
        bool cuts = options.TopK < vocabulary || options.TopP < 1;
        _bucketOf = new ushort[cuts ? vocabulary : 0];
        _sorted = new Ranked[cuts ? vocabulary : 0];
    }

    /// <summary>Divides positive logits of tokens by the penalty and multiplies negative ones by it.</summary>
    internal static void Penalize(Span<float> logits, ReadOnlySpan<int> distinctTokens, double penalty)
    {
        foreach (int token in distinctTokens)
        {
            if ((uint)token < (uint)logits.Length) logits[token] = (float)(logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
        }
    }

    /// <summary>The token of a sequence's place.</summary>
    internal int Next(ReadOnlySpan<float> logits, int sequence, int place)
    {
        int best = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[best]))
            throw new InvalidOperationException("The model's logits are not finite; its weights are damaged, or its training has diverged.");
        if (_options.Temperature == 0) return best;

        RandomStream random = new(_options.Seed, Stream + ((ulong)sequence << 32), (ulong)place);
        return Draw(logits, Cut(logits), (random[0] >> 11) * (1.0 / (1UL << 53)));
    }

    /// <summary>Whether each token is left by the filters, and its weight; for tests.</summary>
    internal float[] Kept(ReadOnlySpan<float> logits)
    {
        Ranked cut = Cut(logits);
        float[] kept = new float[logits.Length];
        for (int i = 0; i < kept.Length; i++) kept[i] = IsKept(logits[i], i, cut) ? _weights[i] : 0;
        return kept;
    }

    // The last token in rank that top-k and top-p keep.
    private Ranked Cut(ReadOnlySpan<float> logits)
    {
        Weigh(logits);
        Ranked cut = new(float.NegativeInfinity, int.MaxValue);
        if (_bucketOf.Length == 0) return cut;

        Count(logits);
        double mass = 0;
        if (_options.TopK is { } k && k < logits.Length)
        {
            int bucket = 0, before = 0;
            for (; before + _counts[bucket] < k; bucket++) before += _counts[bucket];
            ReadOnlySpan<Ranked> sorted = Sort(logits, bucket, cut);
            cut = sorted[k - before - 1];
            for (int i = 0; i < bucket; i++) mass += _masses[i];
            foreach (Ranked token in sorted[..(k - before)]) mass += _weights[token.Id];
        }
        else
        {
            foreach (double part in _masses) mass += part;
        }

        if (_options.TopP is { } p && p < 1)
        {
            double wanted = p * mass, sum = 0;
            int bucket = 0;
            for (; bucket < Buckets - 1 && sum + _masses[bucket] < wanted; bucket++) sum += _masses[bucket];
            foreach (Ranked token in Sort(logits, bucket, cut))
            {
                cut = token;
                sum += _weights[token.Id];
                if (sum >= wanted) break;
            }
        }

        return cut;
    }

    // e^((logit − largest) / temperature)
    private void Weigh(ReadOnlySpan<float> logits)
    {
        float largest = TensorPrimitives.Max(logits), scale = (float)(1 / Math.Max(_options.Temperature, 1e-30));
        logits.CopyTo(_weights);
        Vector512<float> most = Vector512.Create(largest);
        foreach (ref Vector512<float> x in MemoryMarshal.Cast<float, Vector512<float>>(_weights.AsSpan())) x = SimdMath.Exp((x - most) * scale);
    }

    private void Count(ReadOnlySpan<float> logits)
    {
        float largest = TensorPrimitives.Max(logits), range = largest - TensorPrimitives.Min(logits);
        float scale = range > 0 && float.IsFinite(range) ? (Buckets - 1) / range : 0;
        Array.Clear(_counts);
        Array.Clear(_masses);
        for (int i = 0; i < logits.Length; i++)
        {
            float place = (largest - logits[i]) * scale;
            int bucket = place < Buckets - 1 ? (int)place : Buckets - 1;
            _bucketOf[i] = (ushort)bucket;
            _counts[bucket]++;
            _masses[bucket] += _weights[i];
        }
    }

    // The tokens of a bucket up to a rank, the best first.
    private ReadOnlySpan<Ranked> Sort(ReadOnlySpan<float> logits, int bucket, Ranked last)
    {
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (_bucketOf[i] == bucket && IsUpTo(logits[i], i, last)) _sorted[count++] = new(logits[i], i);
        }

        Span<Ranked> sorted = _sorted.AsSpan(0, count);
        sorted.Sort();
        return sorted;
    }

    private int Draw(ReadOnlySpan<float> logits, Ranked cut, double uniform)
    {
        double total = 0, sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (IsKept(logits[i], i, cut)) total += _weights[i];
        }

        int last = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (!IsKept(logits[i], i, cut)) continue;
            sum += _weights[i];
            last = i;
            if (sum > uniform * total) break;
        }

        return last;
    }

    private bool IsKept(float logit, int id, Ranked cut) => IsUpTo(logit, id, cut) && !(_weights[id] < _options.MinP);

    private static bool IsUpTo(float logit, int id, Ranked last) => logit > last.Logit || (logit == last.Logit && id <= last.Id);

    private readonly record struct Ranked(float Logit, int Id) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other) => Logit != other.Logit ? other.Logit.CompareTo(Logit) : Id.CompareTo(other.Id);
    }
}
