namespace NlpPretrain.Training.Tests;

public sealed class LearningRateSchedulesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.05, 0.25)]
    [InlineData(0.2, 1)]
    [InlineData(0.7, 1)]
    [InlineData(1, 1)]
    public void Constant_after_a_warm_up_of_a_fifth(double progress, double expected) =>
        LearningRateSchedules.Constant(warmUp: 0.2)(progress).Should().BeApproximately(expected, 1e-15);

    [Theory]
    [InlineData(0.1, 0.5)]
    [InlineData(0.2, 1)]
    [InlineData(0.4, 0.775)] // 1 − 0.9·0.2/0.8
    [InlineData(0.6, 0.55)]
    [InlineData(1, 0.1)]
    public void Linear_down_to_a_tenth(double progress, double expected) =>
        LearningRateSchedules.Linear(warmUp: 0.2, final: 0.1)(progress).Should().BeApproximately(expected, 1e-15);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 0.75)]
    [InlineData(1, 0)]
    public void Linear_to_zero_without_warm_up(double progress, double expected) =>
        LearningRateSchedules.Linear()(progress).Should().BeApproximately(expected, 1e-15);

    [Fact]
    public void Linear_gives_the_rates_of_word2vec() =>
        (0.025 * LearningRateSchedules.Linear(final: 0.0001 / 0.025)(0.5)).Should().BeApproximately(0.01255, 1e-15); // midway from 0.025 to 0.0001

    [Theory]
    [InlineData(0.05, 0.5)]
    [InlineData(0.1, 1)]
    [InlineData(0.4, 0.775)] // a third: cos 60° = 1/2, 0.1 + 0.9·0.75
    [InlineData(0.55, 0.55)] // half: cos 90° = 0
    [InlineData(0.7, 0.325)] // two thirds: 0.1 + 0.9·0.25
    [InlineData(1, 0.1)]
    public void Cosine_down_to_a_tenth(double progress, double expected) =>
        LearningRateSchedules.Cosine(warmUp: 0.1, final: 0.1)(progress).Should().BeApproximately(expected, 1e-14);

    [Fact]
    public void Cosine_agrees_with_the_platform_to_the_last_bits()
    {
        LearningRateSchedule schedule = LearningRateSchedules.Cosine();
        for (int i = 0; i <= 10_000; i++)
        {
            double progress = i / 10_000.0;
            schedule(progress).Should().BeApproximately((1 + Math.Cos(Math.PI * progress)) / 2, 3e-16);
        }
    }

    [Theory]
    [InlineData(0.005, 0.5)]
    [InlineData(0.01, 1)]
    [InlineData(0.04, 0.5)] // √(0.01/0.04)
    [InlineData(0.25, 0.2)]
    [InlineData(1, 0.1)]
    public void Inverse_square_root_after_a_hundredth(double progress, double expected) =>
        LearningRateSchedules.InverseSquareRoot(warmUp: 0.01)(progress).Should().BeApproximately(expected, 1e-15);

    public static TheoryData<string, LearningRateSchedule> All() => new()
    {
        { "constant", LearningRateSchedules.Constant(0.3) },
        { "constant, no warm-up", LearningRateSchedules.Constant() },
        { "linear", LearningRateSchedules.Linear(0.3, 0.2) },
        { "linear, all warm-up", LearningRateSchedules.Linear(1, 0.2) },
        { "cosine", LearningRateSchedules.Cosine(0.3, 0.2) },
        { "cosine, all warm-up", LearningRateSchedules.Cosine(1) },
        { "inverse square root", LearningRateSchedules.InverseSquareRoot(0.3) },
        { "inverse square root, all warm-up", LearningRateSchedules.InverseSquareRoot(1) },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Each_stays_within_zero_and_one_rises_then_never_rises_again(string name, LearningRateSchedule schedule)
    {
        bool falling = false;
        double before = schedule(0);
        for (int i = 1; i <= 1_000; i++)
        {
            double now = schedule(i / 1_000.0);
            now.Should().BeInRange(0, 1, name);
            if (now < before) falling = true;
            if (falling) now.Should().BeLessThanOrEqualTo(before, name);
            before = now;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_refuses_a_position_outside_the_run(string name, LearningRateSchedule schedule)
    {
        foreach (double progress in new[] { -0.001, 1.001, double.NaN, double.PositiveInfinity })
        {
            schedule.Invoking(s => s(progress)).Should().Throw<ArgumentOutOfRangeException>(name).WithParameterName("progress");
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Each_refuses_fractions_outside_zero_and_one(double value)
    {
        Action[] calls =
        [
            () => LearningRateSchedules.Constant(value), () => LearningRateSchedules.Linear(value), () => LearningRateSchedules.Linear(0, value),
            () => LearningRateSchedules.Cosine(value), () => LearningRateSchedules.Cosine(0, value), () => LearningRateSchedules.InverseSquareRoot(value),
        ];
        foreach (Action call in calls) call.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*must be from 0 to 1*");
    }

    [Fact]
    public void Inverse_square_root_needs_a_warm_up() =>
        FluentActions.Invoking(() => LearningRateSchedules.InverseSquareRoot(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("warmUp");
}
