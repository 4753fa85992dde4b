using NlpPretrain.Initialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo.Tests;

public class ElmoLanguageModelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_loss_is_the_mean_of_both_directions_cross_entropies(bool hasCharacters)
    {
        ElmoConfig config = TinyElmo.Of(hasCharacters);
        ElmoLanguageModel model = TinyElmo.Create(config);
        (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, 3, 5, 1);
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        float loss = model.Loss(pass, forward, backward, null, out ElmoLossStatistics statistics).Item;

        SlowElmo slow = new(config, model);
        int size = config.Characters?.MostCharacters ?? 1;
        double next = 0, before = 0;
        for (int row = 0; row < 3; row++)
        {
            int[] ids = TinyElmo.Sequence(TinyElmo.Words, 6, 1 + row), numbers = TinyElmo.Sequence(config, 6, 1 + row);
            next += slow.Loss("forward", numbers[..^size], ids[1..]) / 3;
            before += slow.Loss("backward", [.. numbers[size..].Chunk(size).Reverse().SelectMany(token => token)], [.. ids[..^1].Reverse()]) / 3;
        }

        ((double)loss).Should().BeApproximately((next + before) / 2, 2e-6);
        statistics.Forward.Mean.Should().BeApproximately(next, 2e-6);
        statistics.Backward.Mean.Should().BeApproximately(before, 2e-6);
        (statistics.Forward.Count, statistics.Backward.Count).Should().Be((15, 15));
        (statistics + statistics).Should().Be(new ElmoLossStatistics(statistics.Forward + statistics.Forward, statistics.Backward + statistics.Backward));
    }

    [Fact]
    public void Targets_that_do_not_count_cost_nothing_in_either_softmax()
    {
        ElmoConfig config = TinyElmo.Words with { Dropout = 0 };
        ElmoLanguageModel model = TinyElmo.Create(config);
        int[] tokens = TinyElmo.Sequence(config, 6, 1), targets = TinyElmo.Sequence(config, 6, 2);
        ElmoWindow some = new(config), less = new(config);
        some.Fill(tokens, [.. targets[..3], -1, -1, -1], 1);
        less.Fill(tokens.AsSpan(0, 3), targets.AsSpan(0, 3), 1);
        foreach (bool isSampled in (bool[])[false, true])
        {
            (float loss, ElmoLossStatistics statistics) = Loss(some, isSampled);
            (float expected, ElmoLossStatistics of) = Loss(less, isSampled);
            loss.Should().Be(expected);
            statistics.Should().Be(of);
            statistics.Forward.Count.Should().Be(3);
        }

        (float, ElmoLossStatistics) Loss(ElmoWindow window, bool isSampled)
        {
            using TensorArena arena = new(1);
            using Pass pass = Pass.Inference(arena);
            Tensor loss = isSampled ? model.SampledLoss(pass, window, window, null, 5, new RandomStream(1), out ElmoLossStatistics statistics) : model.Loss(pass, window, window, null, out statistics);
            return (loss.Item, statistics);
        }
    }

    [Fact]
    public void A_sample_is_drawn_for_each_direction_and_only_its_words_and_the_targets_learn()
    {
        ElmoConfig config = TinyElmo.Words with { VocabularySize = 500, Dropout = 0 };
        ElmoLanguageModel model = TinyElmo.Create(config);
        (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, 2, 4, 1);
        using TensorArena arena = new(1);
        float first = Step(1), again = Step(1), other = Step(2);
        (again, other == first).Should().Be((first, false));

        float Step(ulong seed)
        {
            foreach (Parameter parameter in model.Parameters) parameter.ZeroGradient();
            using Pass pass = Pass.Training(arena);
            Tensor loss = model.SampledLoss(pass, forward, backward, null, 20, new RandomStream(seed), out ElmoLossStatistics statistics);
            loss.Backward();
            ((statistics.Forward.Mean + statistics.Backward.Mean) / 2).Should().BeApproximately(loss.Item, 1e-6);
            statistics.Forward.Count.Should().Be(8);
            Parameter weight = model.Parameters.Single(parameter => parameter.Name == "softmax.weight");
            weight.IsGradientSparse.Should().BeTrue();
            int[] targets = [.. forward.Targets, .. backward.Targets], rows = weight.TouchedRows.ToArray();
            rows.Should().Contain(targets);
            rows.Except(targets).Count().Should().BeInRange(21, 40, "two samples of twenty words are not the same one");
            return loss.Item;
        }
    }

    [Fact]
    public void States_are_carried_from_window_to_window_without_a_gradient()
    {
        ElmoConfig config = TinyElmo.Words;
        ElmoLanguageModel model = TinyElmo.Create(config);
        ElmoStates states = new(config, 2);
        List<float> losses = [];
        using TensorArena arena = new(1);
        for (int part = 0; part < 2; part++)
        {
            using Pass pass = Pass.Inference(arena);
            (ElmoWindow forward, ElmoWindow backward) = TinyElmo.Windows(config, 2, 5, 1);
            losses.Add(model.Loss(pass, forward, backward, states, out _).Item);
        }

        losses[1].Should().NotBe(losses[0]);
        states.Hidden(ElmoDirection.Backward, 1).ToArray().Should().Contain(value => value != 0);
    }

    [Fact]
    public void Equal_words_are_computed_once_and_learn_from_every_place()
    {
        ElmoConfig config = TinyElmo.Characters with { Dropout = 0 };
        ElmoBatch batch = new(config);
        int[] word = TinyElmo.WordOf(config, 3), other = TinyElmo.WordOf(config, 4);
        batch.Fill([.. word, .. other, .. word, .. word, .. other, .. word], 2);
        batch.Characters.ToArray().Should().Equal([.. word, .. other]);
        batch.Tokens.ToArray().Should().Equal(0, 1, 0, 0, 1, 0);
        batch.Fill([.. other, .. other, .. other, .. other, .. word, .. word], 2);
        batch.Characters.ToArray().Should().Equal([.. other, .. word], "a batch keeps no words of the one before");

        ElmoModel model = TinyElmo.Create(config).Model;
        using TensorArena arena = new(1);
        using Pass pass = Pass.Training(arena);
        model.TokenVectors(pass, batch).Sum().Backward();
        float[] gradient = model.Parameters.Single(parameter => parameter.Name == "elmo.tokens.projection.bias").Gradient.ToArray();
        gradient.Should().OnlyContain(value => value == 6);
    }

    [Fact]
    public void Many_different_words_are_found_again()
    {
        DistinctWords words = new(2);
        for (int time = 0; time < 2; time++)
        {
            for (int i = 0; i < 1000; i++) words.Add([i % 261, i / 261]).Should().Be(i);
        }

        words.Count.Should().Be(1000);
        words.IndexOf([260, 3]).Should().Be(-1);
        words.IndexOf([260, 2]).Should().Be(260 + 2 * 261);
        words.Clear();
        words.IndexOf([0, 0]).Should().Be(-1);
        words.Add([7, 7]).Should().Be(0);
    }
}
