using NlpPretrain.Tensors;

namespace NlpPretrain.Core.Tests.Ops;

public class EmbeddingTests
{
    private static readonly int[] Ids = [3, 0, 3, 6, 3, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(33)]
    public void Agrees_with_the_loop(int width) =>
        OpCheck.Run([new(7, width), new(1)], x => x[0].Embedding(x[1].Pass, Ids, new(2, 3)), x => Reference(x[0], width));

    [Fact]
    public void Bits_do_not_depend_on_workers()
    {
        int[] ids = [.. Enumerable.Range(0, 500).Select(i => i * i % 37)];
        SameBits.OnAnyWorkers([new(37, 130)], x => x[0].Embedding(x[0].Pass, ids));
    }

    [Fact]
    public void A_parameter_remembers_its_rows_until_its_gradient_is_zeroed()
    {
        using TensorArena arena = new(1);
        Parameter table = new("table", new(7, 2));
        Lookup(arena, table, [3, 0, 3]);
        Lookup(arena, table, [5, 0]);
        table.IsGradientSparse.Should().BeTrue();
        table.TouchedRows.ToArray().Should().Equal(3, 0, 5);
        table.Gradient.ToArray().Should().Equal(2, 2, 0, 0, 0, 0, 2, 2, 0, 0, 1, 1, 0, 0);

        table.ZeroGradient();
        table.TouchedRows.IsEmpty.Should().BeTrue();
        table.Gradient.IsEmpty.Should().BeTrue();
        Lookup(arena, table, [6]);
        table.TouchedRows.ToArray().Should().Equal(6);
        table.Gradient.ToArray().Should().Equal(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_operation_on_the_whole_table_makes_the_gradient_dense(bool lookupFirst)
    {
        using TensorArena arena = new(1);
        Parameter table = new("table", new(3, 1));
        if (lookupFirst) Lookup(arena, table, [1]);
        Whole(arena, table);
        if (!lookupFirst) Lookup(arena, table, [1]);
        table.IsGradientSparse.Should().BeFalse();
        table.TouchedRows.IsEmpty.Should().BeTrue();
        table.Gradient.ToArray().Should().Equal(1, 2, 1);

        table.ZeroGradient();
        Lookup(arena, table, [2]);
        table.TouchedRows.ToArray().Should().Equal(2);
        table.Gradient.ToArray().Should().Equal(0, 0, 1);
    }

    [Fact]
    public void Refuses_ids_outside_the_table_and_shapes_that_do_not_fit()
    {
        using TensorArena arena = new(1);
        using Pass pass = Pass.Inference(arena);
        Tensor table = pass.Zeros(new(4, 2));
        new Action(() => table.Embedding(pass, [0, 4])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Id 4 at place 1 is not a row of the table [4, 2]; ids are 0 to 3*");
        new Action(() => table.Embedding(pass, [-1])).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => table.Embedding(pass, [1, 2, 3], new(2, 2))).Should().Throw<ArgumentException>().WithMessage("3 ids were given in the shape [2, 2]*");
        new Action(() => table.Embedding(pass, [])).Should().Throw<ArgumentException>();
        new Action(() => pass.Zeros(new(4)).Embedding(pass, [0])).Should().Throw<ArgumentException>().WithMessage("*this tensor is [4]*");
    }

    private static void Lookup(TensorArena arena, Parameter table, int[] ids)
    {
        using Pass pass = Pass.Training(arena);
        Tensor rows = table.AsTensor().Embedding(pass, ids);
        OpCheck.Weighted(rows, [.. Enumerable.Repeat(1f, rows.Shape.Size)]).Backward();
    }

    private static void Whole(TensorArena arena, Parameter table)
    {
        using Pass pass = Pass.Training(arena);
        OpCheck.Weighted(pass.Zeros(table.Shape) + table, [.. Enumerable.Repeat(1f, table.Shape.Size)]).Backward();
    }

    private static double[] Reference(double[] table, int width) => [.. Ids.SelectMany(id => table[(id * width)..((id + 1) * width)])];
}
