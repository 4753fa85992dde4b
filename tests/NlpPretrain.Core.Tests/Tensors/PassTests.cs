using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Core.Tests.Tensors;

public sealed class PassTests : IDisposable
{
    private readonly TensorArena _arena = new(1);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void A_tensor_of_an_ended_pass_throws()
    {
        Tensor stale;
        using (Pass pass = Pass.Training(_arena)) stale = pass.Copy([1, 2], new(2));

        new Action(() => _ = stale.Data).Should().Throw<InvalidOperationException>().WithMessage("*belongs to a pass that has ended*");
        using Pass next = Pass.Training(_arena);
        next.Copy([3, 4], new(2)).Data.ToArray().Should().Equal(3, 4);
        new Action(() => _ = stale + stale).Should().Throw<InvalidOperationException>().WithMessage("*belongs to a pass that has ended*");
    }

    [Fact]
    public void An_ended_pass_makes_no_tensors()
    {
        Pass pass = Pass.Inference(_arena);
        pass.Dispose();
        new Action(() => pass.Zeros(new(1))).Should().Throw<InvalidOperationException>().WithMessage("*has ended*");
        pass.Dispose();
    }

    [Fact]
    public void An_arena_has_one_pass_at_a_time()
    {
        using Pass pass = Pass.Training(_arena);
        new Action(() => Pass.Training(_arena)).Should().Throw<InvalidOperationException>().WithMessage("*not disposed*");
    }

    [Fact]
    public void Tensors_of_two_arenas_do_not_mix()
    {
        using TensorArena other = new(1);
        using Pass first = Pass.Training(_arena), second = Pass.Training(other);
        Tensor a = first.Zeros(new(1)), b = second.Zeros(new(1));
        new Action(() => _ = a + b).Should().Throw<InvalidOperationException>().WithMessage("*different arenas*");
    }

    [Fact]
    public void An_empty_tensor_says_so() => new Action(() => _ = default(Tensor).Shape).Should().Throw<InvalidOperationException>().WithMessage("*empty*");

    [Fact]
    public void Two_parameters_need_a_tensor_of_a_pass() =>
        new Action(() => _ = new Parameter("a", new(1)) + (Tensor)new Parameter("b", new(1))).Should().Throw<InvalidOperationException>().WithMessage("*'b' belongs to no pass*");

    [Fact]
    public void Gradients_add_up_over_passes_until_they_are_zeroed()
    {
        Parameter parameter = new("p", new(2));
        parameter.Gradient.IsEmpty.Should().BeTrue();
        Step();
        Step();
        parameter.Gradient.ToArray().Should().Equal(6, 10);
        parameter.ZeroGradient();
        parameter.Gradient.IsEmpty.Should().BeTrue();
        Step();
        parameter.Gradient.ToArray().Should().Equal(3, 5);

        void Step()
        {
            using Pass pass = Pass.Training(_arena);
            Ops.OpCheck.Weighted(pass.Zeros(new(2)) + parameter, [3, 5]).Backward();
        }
    }

    [Fact]
    public void Backward_scales_the_loss_and_reaches_inner_tensors()
    {
        using Pass pass = Pass.Training(_arena);
        Tensor x = pass.Variable([1, 2], new(2)), sum = x + x;
        Ops.OpCheck.Weighted(sum, [1, 2]).Backward(0.5f);
        sum.Gradient.ToArray().Should().Equal(0.5f, 1);
        x.Gradient.ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public void Backward_refuses_what_it_cannot_do()
    {
        using (Pass inference = Pass.Inference(_arena))
        {
            Tensor loss = inference.Variable([1], new(1));
            new Action(() => loss.Backward()).Should().Throw<InvalidOperationException>().WithMessage("*for inference*");
        }

        using Pass pass = Pass.Training(_arena);
        Tensor constant = pass.Copy([1], new(1)), pair = pass.Variable([1, 2], new(2)), one = pass.Variable([1], new(1));
        new Action(() => constant.Backward()).Should().Throw<InvalidOperationException>().WithMessage("*no trainable parameter*");
        new Action(() => pair.Backward()).Should().Throw<InvalidOperationException>().WithMessage("*loss of one value; this tensor is [2]*");
        one.Backward();
        new Action(() => one.Backward()).Should().Throw<InvalidOperationException>().WithMessage("*differentiated before*");
    }

    [Fact]
    public void A_frozen_parameter_gets_no_gradient()
    {
        Parameter frozen = new("f", new(2)) { IsTrainable = false }, trained = new("t", new(2));
        using Pass pass = Pass.Training(_arena);
        Ops.OpCheck.Weighted(pass.Zeros(new(2)) + frozen + trained, [1, 1]).Backward();
        frozen.Gradient.IsEmpty.Should().BeTrue();
        trained.Gradient.ToArray().Should().Equal(1, 1);
    }

    [Fact]
    public void A_steady_step_allocates_nothing()
    {
        Parameter parameter = new("p", new(50));
        Allocations.CheckNoneHere(Step);

        void Step()
        {
            using Pass pass = Pass.Training(_arena);
            Tensor x = pass.Zeros(new(3000, 50));
            for (int i = 0; i < 9; i++) x += parameter;
            Ops.OpCheck.Weighted(x + parameter + x + x, _weights).Backward();
        }
    }

    private readonly float[] _weights = new float[150_000];

    [Fact]
    public void Memory_is_used_again_by_the_next_pass()
    {
        for (int i = 0; i < 5; i++)
        {
            using Pass pass = Pass.Training(_arena);
            for (int k = 0; k < 20; k++) pass.Zeros(new(1000, 1000));
            _arena.UsedBytes.Should().Be(80_000_000);
        }

        _arena.ReservedBytes.Should().BeLessThan(200_000_000);
    }
}
