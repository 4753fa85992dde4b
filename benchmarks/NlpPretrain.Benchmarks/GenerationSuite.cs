using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NlpPretrain.Gpt;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Benchmarks;

/// <summary>Tokens of one sequence with GPT-2 small's shape and random weights, against reading the weights once a token.</summary>
/// <remarks>
/// The bandwidth is the best of three ways to sum 500 MB by both threads, measured in turn with the tokens. Bytes of a token: every weight but the
/// positions and, since the token table is read whole as the output projection, no row of it again.
/// </remarks>
internal sealed unsafe class GenerationSuite
{
    private const int Threads = 2, PromptTokens = 16, ReadFloats = 125_000_000;

    public static void Run(bool quick)
    {
        (int tokens, int rounds) = quick ? (16, 3) : (48, 5);
        GptModel model = new(GptConfig.Gpt2Small, seed: 1), rounded = model.ToBfloat16();
        using TensorArena arena = new(Threads);
        Check(model, arena);
        Check(rounded, arena);

        using Workers workers = new(Threads);
        Parameter memory = new("memory", new(ReadFloats));
        memory.Data.Fill(0.5f);
        Decoding ours = new(model, arena), half = new(rounded, arena);
        double[] reads = new double[3 * rounds], floats = new double[rounds], halves = new double[rounds];
        for (int round = -1; round < rounds; round++)
        {
            double full = ours.Seconds(tokens), small = half.Seconds(tokens);
            for (int way = 0; way < 3; way++)
            {
                Reading work = new() { Way = way, Values = memory.Node.Data };
                long start = Stopwatch.GetTimestamp();
                workers.For(Reading.Pieces, ref work);
                if (round >= 0) reads[way * rounds + round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            if (round >= 0) (floats[round], halves[round]) = (full, small);
        }

        double fastest = Enumerable.Range(0, 3).Min(way => Turns.Median(reads[(way * rounds)..((way + 1) * rounds)]));
        double bandwidth = sizeof(float) * (double)ReadFloats / fastest, float32 = Turns.Median(floats), bfloat16 = Turns.Median(halves);
        long bytes = sizeof(float) * model.Parameters.Where(parameter => !parameter.Name.StartsWith("wpe", StringComparison.Ordinal)).Sum(parameter => (long)parameter.Shape.Size);
        Print($"  {bandwidth / 1e9:F1} GB/s by {Threads} threads; {bytes / 1e6:F1} MB a token: at most {bandwidth / bytes:F1} tokens/s; {PromptTokens} tokens of prompt, {tokens} new ones, median of {rounds} rounds");
        Print($"FIGURE generation/gpt2-small-float32 {1 / float32:F1} tokens/s goal -");
        Print($"FIGURE generation/gpt2-small-bfloat16 {1 / bfloat16:F1} tokens/s goal -");
        Print($"RATIO generation/gpt2-small-float32-bandwidth {bytes / bandwidth / float32:F3} goal 0.95");
        Print($"RATIO generation/gpt2-small-bfloat16 {float32 / bfloat16:F2} goal 1.6");
    }

    // What is timed is right: each position's logits by the caches are those of the whole sequence.
    private static void Check(GptModel model, TensorArena arena)
    {
        int[] ids = [.. Enumerable.Range(0, 6).Select(i => i * 7919 % 50_257)];
        Decoding decoding = new(model, arena);
        float[][] cached = [.. ids.Select(id => decoding.Step(id).ToArray())];
        using Pass pass = Pass.Inference(arena);
        ReadOnlySpan<float> whole = model.Logits(model.Hidden(pass, ids, new(1, ids.Length))).Data;
        for (int i = 0; i < ids.Length; i++)
        {
            if (!whole.Slice(i * cached[i].Length, cached[i].Length).SequenceEqual(cached[i]))
                throw new InvalidOperationException($"The cached logits of position {i} are not those without a cache; what would be timed is wrong.");
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Greedy decoding without text around it.</summary>
    private sealed class Decoding(GptModel model, TensorArena arena)
    {
        private readonly KeyValueCache[] _caches = [.. Enumerable.Range(0, model.Config.Layers).Select(_ => new KeyValueCache(1, 128, model.Config.Width))];
        private float[] _logits = [];

        public double Seconds(int tokens)
        {
            foreach (KeyValueCache cache in _caches) cache.Truncate(0);
            int id = 1;
            for (int i = 0; i < PromptTokens; i++) id = Next(i);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < tokens; i++) id = Next(id);
            return Stopwatch.GetElapsedTime(start).TotalSeconds / tokens;
        }

        public ReadOnlySpan<float> Step(int id)
        {
            Next(id);
            return _logits;
        }

        private int Next(int id)
        {
            using Pass pass = Pass.Inference(arena);
            Span<float> logits = model.Logits(model.Hidden(pass, [id], new(1, 1), _caches)).Data;
            if (_logits.Length == 0) _logits = new float[logits.Length];
            logits.CopyTo(_logits);
            return System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
        }
    }

    /// <summary>A sum over memory: as it comes, with lines fetched ahead, or with 16 places side by side.</summary>
    private struct Reading : IPieces
    {
        internal const int Pieces = 128;

        private const int Ahead = 2048, Places = 16, Fetched = 512;

        internal int Way;
        internal float* Values;

        public readonly void Run(int piece)
        {
            float* values = Values + (long)ReadFloats * piece / Pieces;
            long count = ReadFloats / Pieces / 256 * 256;
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            if (Way < 2)
            {
                for (long i = 0; i < count; i += 64)
                {
                    if (Way == 1 && Sse.IsSupported)
                    {
                        for (int line = 0; line < 64; line += 16) Sse.Prefetch1(values + i + Ahead + line);
                    }

                    s0 += Vector512.Load(values + i);
                    s1 += Vector512.Load(values + i + 16);
                    s2 += Vector512.Load(values + i + 32);
                    s3 += Vector512.Load(values + i + 48);
                }
            }
            else
            {
                long step = 768;                                                               // rows of the model's width
                for (long first = 0; first + Places * step <= count; first += Places * step)
                {
                    for (long i = first; i < first + step; i += 16)
                    {
                        long ahead = i - first + Fetched < step ? Fetched : Places * step + Fetched - step;
                        for (int place = 0; place < Places; place += 4)
                        {
                            float* at = values + i + place * step;
                            if (Sse.IsSupported)
                            {
                                Sse.Prefetch1(at + ahead);
                                Sse.Prefetch1(at + step + ahead);
                                Sse.Prefetch1(at + 2 * step + ahead);
                                Sse.Prefetch1(at + 3 * step + ahead);
                            }

                            s0 += Vector512.Load(at);
                            s1 += Vector512.Load(at + step);
                            s2 += Vector512.Load(at + 2 * step);
                            s3 += Vector512.Load(at + 3 * step);
                        }
                    }
                }
            }

            if (Vector512.Sum(s0 + s1 + s2 + s3) < 0) throw new InvalidOperationException();
        }
    }
}
