using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using NlpPretrain.Initialization;

namespace NlpPretrain.Training;

/// <summary>Tells whether vectors know which of two classes they are of: the vectors of one word in sentences that use it in two senses, of any model.</summary>
/// <remarks>
/// The vectors are cut into folds with the same part of each class; those of a fold are predicted by a classifier of all others. Columns are scaled by the mean and the deviation
/// that they have in the others. Equal vectors, as a model without context gives, come out at chance.
/// </remarks>
public static class SenseProbe
{
    private const ulong FoldStream = 0x464F4C44;
    private const int MostIterations = 500, RememberedSteps = 10;
    private const double Precision = 1e-6;

    /// <summary>A vector is of the class whose mean is nearer.</summary>
    /// <remarks>score = |x − m₀|² − |x − m₁|²</remarks>
    /// <param name="vectors">Vectors of one length, at least one value.</param>
    /// <param name="labels">The class of each, of two.</param>
    /// <param name="folds">Number of folds, at least 2. Default 5.</param>
    /// <param name="seed">Seed of the folds. Default 1.</param>
    /// <exception cref="ArgumentException">There are not two classes with a vector a fold each, not as many labels as vectors, vectors differ in length, or a value is not finite.</exception>
    public static ProbeReport NearestCentroid(IReadOnlyList<float[]> vectors, IReadOnlyList<string> labels, int folds = 5, ulong seed = 1) =>
        Run(vectors, labels, folds, seed, Centroids);

    /// <summary>A logistic regression.</summary>
    /// <remarks>P(class 1) = σ(w·x + b), with the w and b that minimize Σ −log P(class) + λ/2·|w|².</remarks>
    /// <param name="vectors">Vectors of one length, at least one value.</param>
    /// <param name="labels">The class of each, of two.</param>
    /// <param name="penalty">λ, positive. Default 1.</param>
    /// <param name="folds">Number of folds, at least 2. Default 5.</param>
    /// <param name="seed">Seed of the folds. Default 1.</param>
    /// <exception cref="ArgumentException">As for <see cref="NearestCentroid"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The penalty is not positive.</exception>
    public static ProbeReport Logistic(IReadOnlyList<float[]> vectors, IReadOnlyList<string> labels, double penalty = 1, int folds = 5, ulong seed = 1)
    {
        if (!(penalty > 0 && double.IsFinite(penalty))) throw new ArgumentOutOfRangeException(nameof(penalty), penalty, $"The penalty is {penalty}; it must be positive.");
        return Run(vectors, labels, folds, seed, (x, isSecond) => Regression(x, isSecond, penalty));
    }

    private static ProbeReport Run(IReadOnlyList<float[]> vectors, IReadOnlyList<string> labels, int folds, ulong seed, Func<double[][], bool[], Func<double[], double>> fit)
    {
        bool[] isSecond = Check(vectors, labels, folds);
        int[] foldOf = Folds(isSecond, folds, seed);
        int right = 0, second = isSecond.Count(is1 => is1);
        double area = 0;
        for (int fold = 0; fold < folds; fold++)
        {
            int[] inside = [.. Enumerable.Range(0, vectors.Count).Where(i => foldOf[i] == fold)], others = [.. Enumerable.Range(0, vectors.Count).Where(i => foldOf[i] != fold)];
            Func<float[], double[]> scale = Scaling([.. others.Select(i => vectors[i])]);
            Func<double[], double> score = fit([.. others.Select(i => scale(vectors[i]))], [.. others.Select(i => isSecond[i])]);
            double[] scores = [.. inside.Select(i => score(scale(vectors[i])))];
            right += inside.Where((i, place) => scores[place] > 0 == isSecond[i]).Count();
            area += Area([.. scores.Where((_, place) => !isSecond[inside[place]])], [.. scores.Where((_, place) => isSecond[inside[place]])]) / folds;
        }

        double count = vectors.Count;
        return new ProbeReport(vectors.Count, right / count, Math.Max(second, count - second) / count, area);
    }

    private static Func<double[], double> Centroids(double[][] x, bool[] isSecond)
    {
        double[] first = Mean(false), second = Mean(true);
        return one => Distance(one, first) - Distance(one, second);

        double[] Mean(bool which)
        {
            double[][] of = [.. x.Where((_, i) => isSecond[i] == which)];
            return [.. Enumerable.Range(0, x[0].Length).Select(column => of.Average(row => row[column]))];
        }

        static double Distance(double[] a, double[] b) => a.Zip(b, (p, q) => (p - q) * (p - q)).Sum();
    }

    private static Func<double[], double> Regression(double[][] rows, bool[] isSecond, double penalty)
    {
        Matrix<double> x = Matrix<double>.Build.DenseOfRowArrays(rows.Select(row => (double[])[.. row, 1]));                 // the last column is that of b
        Vector<double> y = Vector<double>.Build.Dense(isSecond.Length, i => isSecond[i] ? 1 : 0);
        int bias = x.ColumnCount - 1;
        IObjectiveFunction objective = ObjectiveFunction.Gradient(w =>
        {
            Vector<double> z = x * w, weights = w.Clone();
            weights[bias] = 0;
            double loss = z.Zip(y, (a, target) => Math.Max(a, 0) - a * target + Math.Log(1 + Math.Exp(-Math.Abs(a)))).Sum() + penalty / 2 * weights.DotProduct(weights);
            return (loss, x.TransposeThisAndMultiply(z.Map(Sigmoid) - y) + penalty * weights);
        });
        MinimizationResult found = new LimitedMemoryBfgsMinimizer(Precision, Precision, Precision, RememberedSteps, MostIterations).FindMinimum(objective, Vector<double>.Build.Dense(x.ColumnCount));
        double[] best = found.MinimizingPoint.ToArray();
        return one => one.Zip(best, (a, w) => a * w).Sum() + best[bias];

        static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));
    }

    private static Func<float[], double[]> Scaling(float[][] rows)
    {
        int columns = rows[0].Length;
        double[] means = new double[columns], scales = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            double mean = means[column] = rows.Average(row => (double)row[column]), deviation = Math.Sqrt(rows.Average(row => (row[column] - mean) * (row[column] - mean)));
            scales[column] = deviation > 0 && rows.Any(row => row[column] != rows[0][column]) ? 1 / deviation : 0;      // equal values tell nothing, whatever their mean was rounded to
        }

        return row => [.. row.Select((value, column) => (value - means[column]) * scales[column])];
    }

    private static double Area(double[] first, double[] second) => first.Sum(low => second.Sum(high => high > low ? 1 : high == low ? 0.5 : 0)) / ((double)first.Length * second.Length);

    private static int[] Folds(bool[] isSecond, int folds, ulong seed)
    {
        RandomStream random = new(seed, FoldStream);
        int[] foldOf = new int[isSecond.Length];
        foreach (bool which in new[] { false, true })
        {
            int[] order = [.. Enumerable.Range(0, isSecond.Length).Where(i => isSecond[i] == which).OrderBy(i => random[(ulong)i])];
            for (int place = 0; place < order.Length; place++) foldOf[order[place]] = place % folds;
        }

        return foldOf;
    }

    private static bool[] Check(IReadOnlyList<float[]> vectors, IReadOnlyList<string> labels, int folds)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != vectors.Count) throw new ArgumentException($"There are {labels.Count} labels for {vectors.Count} vectors; give each vector one.", nameof(labels));
        if (folds < 2) throw new ArgumentException($"The number of folds is {folds}; it must be at least 2.", nameof(folds));
        string[] classes = [.. labels.Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length != 2) throw new ArgumentException($"The labels are of {classes.Length} classes ({string.Join(", ", classes.Take(5))}); a probe tells two apart.", nameof(labels));
        foreach (string label in classes)
        {
            int count = labels.Count(one => one == label);
            if (count < folds) throw new ArgumentException($"Of the class '{label}' there are {count} vectors; each of {folds} folds needs one.", nameof(labels));
        }

        for (int i = 0; i < vectors.Count; i++)
        {
            if (vectors[i].Length == 0 || vectors[i].Length != vectors[0].Length)
                throw new ArgumentException($"Vector {i} has {vectors[i].Length} values and vector 0 has {vectors[0].Length}; all need as many, at least one.", nameof(vectors));
            if (!vectors[i].All(float.IsFinite)) throw new ArgumentException($"Vector {i} has a value that is not finite.", nameof(vectors));
        }

        return [.. labels.Select(label => label == classes[1])];
    }
}
