using NlpPretrain.Kernels;
using NlpPretrain.Optimization;

namespace NlpPretrain.Benchmarks.Ladders;

/// <summary>One update of AdamW of 65,536 weights.</summary>
public unsafe class AdamWLadder : SimdLadder
{
    private const int Count = 65_536;
    private const float FirstDecay = 0.9f, FirstRest = 0.1f, SecondDecay = 0.999f, SecondRest = 0.001f, Rate = 1e-3f, Epsilon = 1e-8f, Shrink = 1 - 1e-4f;

    private float* _weights, _first, _second, _gradient, _startWeights, _startFirst, _startSecond;

    private protected override void Prepare()
    {
        _startWeights = Uniform(Count, -1, 1);
        _startFirst = Uniform(Count, -0.1f, 0.1f);
        _startSecond = Uniform(Count, 0.01f, 0.1f);
        _gradient = Uniform(Count, -1, 1);
        _weights = Zeros(Count);
        _first = Zeros(Count);
        _second = Zeros(Count);
        Expected = new double[Count];
        Result = _weights;
        for (int i = 0; i < Count; i++)
        {
            double g = _gradient[i], m = FirstDecay * (double)_startFirst[i] + FirstRest * g, v = SecondDecay * (double)_startSecond[i] + SecondRest * g * g;
            Expected[i] = _startWeights[i] * (double)Shrink - Rate * m / (Math.Sqrt(v) + Epsilon);
        }
    }

    private protected override void Reset()
    {
        new Span<float>(_startWeights, Count).CopyTo(new(_weights, Count));
        new Span<float>(_startFirst, Count).CopyTo(new(_first, Count));
        new Span<float>(_startSecond, Count).CopyTo(new(_second, Count));
    }

    private protected override void Plain()
    {
        for (int i = 0; i < Count; i++)
        {
            float g = _gradient[i];
            _first[i] = FirstDecay * _first[i] + FirstRest * g;
            _second[i] = SecondDecay * _second[i] + SecondRest * g * g;
            _weights[i] = _weights[i] * Shrink - Rate * _first[i] / (MathF.Sqrt(_second[i]) + Epsilon);
        }
    }

    private protected override void Ours<TSimd>()
    {
        AdamPieces work = new()
        {
            Weights = _weights, Gradient = _gradient, First = _first, Second = _second, Length = Count, GradientScale = 1,
            FirstDecay = FirstDecay, FirstRest = FirstRest, SecondDecay = SecondDecay, SecondRest = SecondRest, Rate = Rate, SecondScale = 1, Epsilon = Epsilon, Shrink = Shrink, AddedDecay = 0,
        };
        Widths.Run<TSimd, AdamPieces>(ref work, AdamPieces.Count(Count));
    }
}

/// <summary>The gates of one step of an LSTM: 32 sequences, 512 cells.</summary>
public unsafe class LstmGatesLadder : SimdLadder
{
    private const int Rows = 32, Cells = 512, Gates = 4 * Cells;

    private readonly int[] _lengths = GC.AllocateArray<int>(Rows, pinned: true);
    private float* _gates, _start, _before, _after;

    private protected override void Prepare()
    {
        _lengths.AsSpan().Fill(1);
        _start = Uniform(Rows * Gates, -3, 3);
        _before = Uniform(Rows * Cells, -1, 1);
        _gates = Zeros(Rows * Gates);
        _after = Zeros(Rows * Cells);
        Result = Zeros(Rows * Cells);
        Expected = new double[Rows * Cells];
        for (int row = 0; row < Rows; row++)
        {
            float* gates = _start + row * Gates;
            for (int k = 0; k < Cells; k++)
            {
                double cell = Sigmoid(gates[Cells + k]) * _before[row * Cells + k] + Sigmoid(gates[k]) * Math.Tanh(gates[2 * Cells + k]);
                Expected[row * Cells + k] = Sigmoid(gates[3 * Cells + k]) * Math.Tanh(cell);
            }
        }

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    private protected override void Reset() => new Span<float>(_start, Rows * Gates).CopyTo(new(_gates, Rows * Gates));

    private protected override void Plain()
    {
        for (int row = 0; row < Rows; row++)
        {
            float* gates = _gates + row * Gates, before = _before + row * Cells, after = _after + row * Cells;
            for (int k = 0; k < Cells; k++)
            {
                gates[k] = Sigmoid(gates[k]);
                gates[Cells + k] = Sigmoid(gates[Cells + k]);
                gates[2 * Cells + k] = MathF.Tanh(gates[2 * Cells + k]);
                gates[3 * Cells + k] = Sigmoid(gates[3 * Cells + k]);
                after[k] = gates[Cells + k] * before[k] + gates[k] * gates[2 * Cells + k];
                Result[row * Cells + k] = gates[3 * Cells + k] * MathF.Tanh(after[k]);
            }
        }

        static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
    }

    private protected override void Ours<TSimd>()
    {
        fixed (int* lengths = _lengths)
        {
            LstmForward work = new() { Cells = Cells, Limit = float.PositiveInfinity, Lengths = lengths, Gates = _gates, Before = _before, After = _after, Mixed = Result };
            Widths.Run<TSimd, LstmForward>(ref work, Rows);
        }
    }
}

/// <summary>Causal attention of one sequence of 256 with 4 heads of 64.</summary>
public unsafe class AttentionLadder : SimdLadder
{
    private const int Time = 256, Heads = 4, HeadSize = 64, Width = Heads * HeadSize;

    private readonly float[] _scores = new float[Time];
    private float* _qkv;

    private protected override void Prepare()
    {
        _qkv = Uniform(Time * 3 * Width, -1, 1);
        Result = Zeros(Time * Width);
        Expected = new double[Time * Width];
        double[] scores = new double[Time];
        for (int head = 0; head < Heads; head++)
        {
            for (int query = 0; query < Time; query++)
            {
                double total = 0;
                for (int key = 0; key <= query; key++)
                {
                    double score = 0;
                    for (int i = 0; i < HeadSize; i++) score += (double)At(query, 0, head)[i] * At(key, 1, head)[i];
                    total += scores[key] = Math.Exp(score / Math.Sqrt(HeadSize));
                }

                for (int key = 0; key <= query; key++)
                {
                    for (int i = 0; i < HeadSize; i++) Expected[query * Width + head * HeadSize + i] += scores[key] / total * At(key, 2, head)[i];
                }
            }
        }
    }

    private protected override void Plain()
    {
        float scale = 1 / MathF.Sqrt(HeadSize);
        for (int head = 0; head < Heads; head++)
        {
            for (int query = 0; query < Time; query++)
            {
                float* output = Result + query * Width + head * HeadSize;
                float most = float.NegativeInfinity, total = 0;
                for (int key = 0; key <= query; key++)
                {
                    float score = 0;
                    for (int i = 0; i < HeadSize; i++) score += At(query, 0, head)[i] * At(key, 1, head)[i];
                    _scores[key] = score * scale;
                    most = MathF.Max(most, _scores[key]);
                }

                for (int key = 0; key <= query; key++) total += _scores[key] = MathF.Exp(_scores[key] - most);
                for (int i = 0; i < HeadSize; i++) output[i] = 0;
                for (int key = 0; key <= query; key++)
                {
                    for (int i = 0; i < HeadSize; i++) output[i] += _scores[key] / total * At(key, 2, head)[i];
                }
            }
        }
    }

    private protected override void Ours<TSimd>()
    {
        AttentionForward work = new()
        {
            Problem = new()
            {
                Batch = 1, Heads = Heads, Queries = Time, Keys = Time, HeadSize = HeadSize, IsCausal = true, Scale = 1 / MathF.Sqrt(HeadSize),
                Query = At(0, 0, 0), Key = At(0, 1, 0), Value = At(0, 2, 0), QueryRow = 3 * Width, KeyRow = 3 * Width, ValueRow = 3 * Width,
            },
            Output = Result,
        };
        Widths.Run<TSimd, AttentionForward>(ref work, work.Pieces);
    }

    private float* At(int time, int part, int head) => _qkv + (time * 3 + part) * Width + head * HeadSize;
}
