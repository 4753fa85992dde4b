using NlpPretrain.Kernels;
using NlpPretrain.Optimization;

namespace NlpPretrain.Core.Tests.Kernels;

/// <summary>Each kernel at every width against plain loops over the lanes, with every remainder, and with values that are not numbers or not finite.</summary>
public unsafe class KernelWidthTests
{
    private static readonly float[] Special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1e-40f, 200f, -200f];

    public static TheoryData<int> Sizes => [.. Enumerable.Range(1, 33), 63, 64, 65, 127, 200];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rows(int columns)
    {
        foreach (bool special in new[] { false, true })
        {
            Check(columns, special, (name, x, y) => Widths.Run(name, new SoftmaxForward { X = x, Y = y, Rows = 2, Columns = columns, Scale = 0.7f }, 1));
            foreach (bool accumulate in new[] { false, true })
            {
                Check(columns, special, (name, x, y) => Widths.Run(
                    name, new SoftmaxBackward { Y = x, OutputGradient = x + columns, Gradient = y, Rows = 2, Columns = columns, Scale = 0.7f, Accumulate = accumulate }, 1));
                Check(columns, special, (name, x, y) => Widths.Run(name, new LayerNormBackward
                {
                    X = x, Gain = x + 2 * columns, Moments = x + columns, OutputGradient = x + columns, Gradient = y, Accumulate = accumulate, Partial = y + 2 * columns, Rows = 2, Columns = columns,
                }, 1));
            }

            Check(columns, special, (name, x, y) => Widths.Run(
                name, new LayerNormForward { X = x, Gain = x + 2 * columns, Bias = x + 3 * columns, Y = y, Rows = 2, Columns = columns, Epsilon = 1e-5f, Moments = y + 2 * columns }, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Cross_entropy(int columns)
    {
        int[] targets = [columns / 2, 0];
        LogitState[] states = new LogitState[2];
        foreach (bool special in new[] { false, true })
        {
            Check(columns, special, (name, x, y) =>
            {
                Array.Fill(states, LogitState.Empty);
                fixed (int* target = targets)
                fixed (LogitState* state = states)
                {
                    Widths.Run(name, new CrossEntropyForward { Logits = x, Bias = x + 3 * columns, Rows = 2, Columns = columns, Stride = columns, Targets = target, States = state, NeedsTotal = true }, 1);
                    for (int row = 0; row < 2; row++)
                    {
                        (y[2 * columns + row], states[row].Reciprocal) = (states[row].Sum + states[row].Total + states[row].Target, 1 / states[row].Sum);
                        y[2 * columns + 2 + row] = states[row].Prediction;
                    }

                    Widths.Run(name, new CrossEntropyBackward { Logits = x, Gradient = y, Rows = 2, Columns = columns, Stride = columns, Targets = target, States = state, Scale = 0.5f, Smooth = 0.01f, Sharp = 0.9f }, 1);
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Lstm(int cells)
    {
        int[] lengths = [5];
        foreach (bool special in new[] { false, true })
        {
            Check(4 * cells, special, (name, x, y) =>
            {
                fixed (int* length = lengths)
                {
                    Widths.Run(name, new LstmForward { Cells = cells, Limit = 3, Lengths = length, Gates = x, Before = x + 4 * cells, After = y, Mixed = y + cells }, 1);
                    Widths.Run(name, new LstmBackward
                    {
                        Cells = cells, Limit = 3, Lengths = length, Gates = x, Before = x + 4 * cells, After = x + 5 * cells, MixedGradient = x + 6 * cells, CellGradient = y + 2 * cells, GateGradient = y + 3 * cells,
                    }, 1);
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Updates_of_an_optimizer(int size)
    {
        Check(size, false, (name, x, y) =>
        {
            Widths.Run(name, new AdamPieces
            {
                Weights = y, Gradient = x, First = y + size, Second = y + 2 * size, Length = size, GradientScale = 0.9f, FirstDecay = 0.9f, SecondDecay = 0.99f, Rate = 0.1f, SecondScale = 1.1f,
                Epsilon = 1e-8f, Shrink = 0.99f, AddedDecay = 0.01f,
            }, 1);
            Widths.Run(name, new AdagradPieces { Weights = y, Gradient = x, Sum = y + 3 * size, Length = size, GradientScale = 0.9f, Rate = 0.1f, Decay = 0.01f, Epsilon = 1e-8f }, 1);
            Widths.Run(name, new SgdPieces { Weights = y, Gradient = x, Velocity = y + 2 * size, Length = size, GradientScale = 0.9f, Momentum = 0.9f, Rate = 0.1f, Decay = 0.01f }, 1);
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sums_and_largest_values(int size)
    {
        SumCase expected = new() { Values = Values(size, special: false), Result = new float[3] };
        Widths.Run(nameof(ScalarSimd), ref expected);
        foreach (string name in Widths.Names)
        {
            SumCase given = expected with { Result = new float[3] };
            Widths.Run(name, ref given);
            Widths.ShouldBe(given.Result, expected.Result, name);
        }

        // Virtual lane i mod 64, then the tree.
        float[] lanes = new float[64];
        for (int i = 0; i < size; i++) lanes[i % 64] += expected.Values[i];
        ScalarSimd sum = default;
        for (int i = 0; i < 16; i++) sum[i] = lanes[i] + lanes[i + 16] + (lanes[i + 32] + lanes[i + 48]);
        expected.Result[0].Should().Be(ScalarSimd.Sum(sum));
        expected.Result[1].Should().Be(expected.Values[..size].Max(x => 2 * x));
    }

    private delegate void Kernel(string name, float* x, float* y);

    // The last value is behind what the kernel may write.
    private static void Check(int size, bool special, Kernel kernel)
    {
        float[] expected = Outputs();
        Run(nameof(ScalarSimd), expected);
        foreach (string name in Widths.Names)
        {
            float[] given = Outputs();
            Run(name, given);
            Widths.ShouldBe(given, expected, $"{name}, {size} values{(special ? ", not all finite" : "")}");
        }

        float[] Outputs() => [.. Values(size, false).Select(MathF.Abs)];

        void Run(string name, float[] output)
        {
            float[] input = Values(size, special);
            fixed (float* x = input, y = output) kernel(name, x, y);
        }
    }

    private static float[] Values(int size, bool special) =>
        [.. Enumerable.Range(0, 8 * size + 8).Select(i => special && i % 11 == 3 ? Special[i / 11 % Special.Length] : (i * 37 + size * 11) % 101 / 17f - 2.9f)];

    private struct SumCase : IWidthCase
    {
        internal float[] Values;
        internal float[] Result;

        public readonly void Run<TSimd>() where TSimd : struct, ISimd<TSimd>
        {
            int size = (Values.Length - 8) / 8;
            fixed (float* x = Values)
            {
                Result[0] = Row.Sum<TSimd, NlpPretrain.Kernels.Values>(size, NlpPretrain.Kernels.Values.Over(x, x));
                Result[1] = Row.Max<TSimd>(x, size, 2);
                Result[2] = Row.Sum<TSimd, SquaredDifferences>(size, SquaredDifferences.Over(x, x + size));
            }
        }
    }
}
