using NlpPretrain.Kernels;
using NlpPretrain.Tensors;

namespace NlpPretrain.Optimization;

/// <summary>Changes parameters by their gradients.</summary>
/// <remarks>A step allocates nothing, and its bits do not depend on the number of threads. The state, by name, is what a checkpoint needs beside <see cref="Steps"/>.</remarks>
public abstract class Optimizer
{
    private readonly Workers _workers;
    private readonly List<(Parameter Parameter, ParameterGroup Group)> _parameters = [];
    private readonly double[] _sums;

    /// <summary>Creates an optimizer.</summary>
    /// <param name="arena">Its threads are used.</param>
    /// <param name="groups">The parameters, each in one group.</param>
    /// <exception cref="ArgumentException">A parameter is in two groups, two have one name, or a value of a group is out of its range.</exception>
    protected Optimizer(TensorArena arena, IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentNullException.ThrowIfNull(groups);
        _workers = arena.Workers;
        HashSet<string> names = [];
        foreach (ParameterGroup group in groups)
        {
            Require(group.WeightDecay, nameof(group.WeightDecay));
            Require(group.RateScale, nameof(group.RateScale));
            foreach (Parameter parameter in group.Parameters)
            {
                if (!names.Add(parameter.Name)) throw new ArgumentException($"The parameter '{parameter.Name}' is there twice; each belongs to one group, under a name of its own.", nameof(groups));
                _parameters.Add((parameter, group));
            }
        }

        _sums = new double[_parameters.Sum(entry => (long)SquareSums.Pieces(entry.Parameter.Shape.Size))];

        static void Require(double value, string name)
        {
            if (!(value >= 0) || !double.IsFinite(value)) throw new ArgumentException($"{name} is {value}; it must be finite and at least 0 (ParameterGroup.{name}).", nameof(groups));
        }
    }

    /// <summary>Steps done; set it when a checkpoint is restored.</summary>
    public long Steps { get; set; }

    /// <summary>What the optimizer remembers, by the parameter's name and what it is of it: "h.0.attn.c_attn.weight.m". Restoring writes into it.</summary>
    public abstract IEnumerable<KeyValuePair<string, Memory<float>>> State { get; }

    /// <summary>The parameters, in the order of the groups.</summary>
    protected IEnumerable<Parameter> Parameters => _parameters.Select(entry => entry.Parameter);

    private protected Workers Workers => _workers;

    /// <summary>One step, after which the gradients are forgotten.</summary>
    /// <param name="rate">Learning rate η, at least 0.</param>
    /// <param name="maximumNorm">Scales all gradients down where their global norm, the root of the sum of all squares, is above this. Default: not at all.</param>
    /// <param name="gradientScale">What every gradient is multiplied by first, above 0: one over their number where several passes have added up. Default 1.</param>
    /// <returns>The global norm before it was scaled down; NaN where no maximum was given.</returns>
    /// <exception cref="InvalidOperationException">A trainable parameter got no gradient: the message names every one. Nothing was changed.</exception>
    /// <exception cref="ArithmeticException">A gradient is not finite, as far as the norm shows it. Nothing was changed.</exception>
    public double Step(double rate, double? maximumNorm = null, double gradientScale = 1)
    {
        if (!(rate >= 0) || !double.IsFinite(rate)) throw new ArgumentOutOfRangeException(nameof(rate), rate, $"The learning rate is {rate}; it must be finite and at least 0.");
        if (maximumNorm is { } most && !(most > 0)) throw new ArgumentOutOfRangeException(nameof(maximumNorm), maximumNorm, "The maximum norm must be above 0.");
        if (!(gradientScale > 0) || !double.IsFinite(gradientScale))
            throw new ArgumentOutOfRangeException(nameof(gradientScale), gradientScale, $"The gradients' scale is {gradientScale}; it must be finite and above 0.");
        RequireGradients();
        double norm = maximumNorm is null ? double.NaN : gradientScale * GlobalNorm();
        double scale = norm > maximumNorm ? gradientScale * (maximumNorm.Value / norm) : gradientScale;

        Steps++;
        for (int i = 0; i < _parameters.Count; i++)
        {
            (Parameter parameter, ParameterGroup group) = _parameters[i];
            if (!parameter.IsTrainable) continue;

            Update(i, parameter, rate * group.RateScale, group.WeightDecay, (float)scale);
            parameter.ZeroGradient();
        }

        return norm;
    }

    /// <summary>Changes one parameter.</summary>
    /// <param name="index">Its number among <see cref="Parameters"/>.</param>
    /// <param name="parameter">The parameter, which has a gradient.</param>
    /// <param name="rate">η of its group.</param>
    /// <param name="weightDecay">λ of its group.</param>
    /// <param name="gradientScale">What the gradient is multiplied by first.</param>
    private protected abstract void Update(int index, Parameter parameter, double rate, double weightDecay, float gradientScale);

    private unsafe double GlobalNorm()
    {
        int start = 0;
        foreach ((Parameter parameter, _) in _parameters)
        {
            if (!parameter.IsTrainable) continue;

            int pieces = SquareSums.Pieces(parameter.Shape.Size), columns = parameter.Shape.Columns;
            fixed (double* sums = &_sums[start])
            fixed (bool* isTouched = parameter.Node.IsRowTouched)
            {
                SquareSums work = new() { Values = parameter.Node.GradientOrNull, Length = parameter.Shape.Size, Columns = columns, Sums = sums, IsTouched = isTouched };
                _workers.For(pieces, parameter.IsGradientSparse ? (long)parameter.TouchedRows.Length * columns : parameter.Shape.Size, ref work);
            }

            start += pieces;
        }

        double sum = 0;
        for (int i = 0; i < start; i++) sum += _sums[i];
        if (!double.IsFinite(sum))
            throw new ArithmeticException("The gradients are not finite: the loss has overflowed or an input was not finite. Nothing was changed; try a lower learning rate or a longer warm-up.");
        return Math.Sqrt(sum);
    }

    private void RequireGradients()
    {
        bool isComplete = true;
        foreach ((Parameter parameter, _) in _parameters) isComplete &= !parameter.IsTrainable || parameter.Node.HasGradient;
        if (isComplete) return;

        IEnumerable<string> lost = _parameters.Where(entry => entry.Parameter.IsTrainable && !entry.Parameter.Node.HasGradient).Select(entry => $"'{entry.Parameter.Name}'");
        throw new InvalidOperationException($"No gradient reached {string.Join(", ", lost)}. Is the parameter used in the loss, and was Backward called? Parameters that are not to be trained are frozen by IsTrainable = false.");
    }
}
