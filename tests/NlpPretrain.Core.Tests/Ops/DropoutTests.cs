using NlpPretrain.Core.Tests.Kernels;
using NlpPretrain.Initialization;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class DropoutTests
{
    [Theory]
    [InlineData(5, 0.1f)]
    [InlineData(37, 0.5f)]
    [InlineData(64, 0.9f)]
    public void Drops_what_the_stream_says(int size, float probability)
    {
        // Stream, step and place in the pass as OpCheck has them: seed 1, step 0, the first dropout.
        RandomStream random = new(1, 0x44726F70, 0);
        OpCheck.Run([new(size)], x => x[0].Dropout(probability), x => [.. x[0].Select((a, i) => (uint)(random[(ulong)i / 2] >> (i % 2 * 32)) >= probability * 4294967296.0 ? a / (1 - probability) : 0)]);
    }

    [Fact]
    public void Adds_to_gradients_with_a_mask_of_its_own_each_time()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena, seed: 3, step: 4);
        Tensor x = pass.Variable(Enumerable.Repeat(1f, 1000).ToArray(), new(1000)), first = x.Dropout(0.5f), second = x.Dropout(0.5f);
        (first + second).Sum().Backward();
        first.Data.SequenceEqual(second.Data).Should().BeFalse();
        for (int i = 0; i < 1000; i++) x.Gradient[i].Should().Be(first.Data[i] + second.Data[i]);
    }

    [Fact]
    public void Keeps_the_mean()
    {
        using TensorArena arena = new(2);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Copy(Enumerable.Repeat(1f, 1_000_000).ToArray(), new(1_000_000)), y = x.Dropout(0.1f);
        y.Mean().Item.Should().BeApproximately(1, 0.0017f, "5 deviations of the mean");
        y.Data.Count(0f).Should().BeInRange(98_500, 101_500);
    }

    [Fact]
    public void Masks_depend_on_seed_and_step()
    {
        float[] there = Mask(1, 1);
        Mask(1, 1).Should().Equal(there);
        Mask(1, 2).Should().NotEqual(there);
        Mask(2, 1).Should().NotEqual(there);

        static float[] Mask(ulong seed, ulong step)
        {
            using TensorArena arena = new(1);
            using Pass pass = Pass.Training(arena, seed, step);
            return pass.Copy(Enumerable.Repeat(1f, 100).ToArray(), new(100)).Dropout(0.5f).Data.ToArray();
        }
    }

    [Fact]
    public void Is_nothing_in_inference_and_with_probability_0()
    {
        using TensorArena arena = new(1);
        using (Pass training = Pass.Training(arena))
        {
            Tensor x = training.Zeros(new(3));
            x.Dropout(0).Should().Be(x);
        }

        using Pass inference = Pass.Inference(arena);
        Tensor y = inference.Zeros(new(3));
        y.Dropout(0.5f).Should().Be(y);
    }

    [Fact]
    public void Bits_do_not_depend_on_workers() => SameBits.OnAnyWorkers([new(300, 211)], x => x[0].Dropout(0.3f));

    [Theory]
    [InlineData(ulong.MaxValue - 3)]
    [InlineData(1UL << 40)]
    public void Eight_numbers_at_once_are_the_numbers_one_by_one(ulong first)
    {
        RandomStream random = new(7, 8, 9);
        foreach (string name in Widths.Names)
        {
            EightCase eight = new() { Random = random, Index = first, Result = new ulong[8] };
            Widths.Run(name, ref eight);
            for (int i = 0; i < 8; i++) eight.Result[i].Should().Be(random[unchecked(first + (ulong)i)], name);
        }
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1)]
    [InlineData(float.NaN)]
    public void Refuses_other_probabilities(float probability)
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        Tensor x = pass.Zeros(new(3));
        new Action(() => x.Dropout(probability)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 or more and below 1*");
    }

    private unsafe struct EightCase : IWidthCase
    {
        internal RandomStream Random;
        internal ulong Index;
        internal ulong[] Result;

        public readonly void Run<TSimd>() where TSimd : struct, ISimd<TSimd>
        {
            fixed (ulong* numbers = Result) Random.Eight<TSimd>(Index).Store((float*)numbers);
        }
    }
}
