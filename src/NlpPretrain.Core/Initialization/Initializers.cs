using NlpPretrain.Kernels;

namespace NlpPretrain.Initialization;

/// <summary>First values of parameters, from counter-based streams: equal seeds give equal bits everywhere.</summary>
public static class Initializers
{
    private const double MostDeviations = 2;
    private const int TriesPerValue = 64;

    /// <summary>All zeros.</summary>
    public static Initializer Zeros => Constant(0);

    /// <summary>All ones.</summary>
    public static Initializer Ones => Constant(1);

    /// <summary>One value everywhere.</summary>
    /// <param name="value">The value.</param>
    public static Initializer Constant(float value) => (values, _, _) => values.Fill(value);

    /// <summary>Uniform in (−range, range).</summary>
    /// <param name="range">Positive and finite.</param>
    public static Initializer Uniform(double range)
    {
        RequirePositive(range, nameof(range));
        return (values, _, random) =>
        {
            for (int i = 0; i < values.Length; i++) values[i] = (float)(range * (2 * (double)random.Uniform((ulong)i) - 1));
        };
    }

    /// <summary>Normal with mean 0.</summary>
    /// <param name="deviation">Standard deviation, positive and finite. GPT has 0.02.</param>
    public static Initializer Normal(double deviation)
    {
        RequirePositive(deviation, nameof(deviation));
        return (values, _, random) =>
        {
            for (int i = 0; i < values.Length; i++) values[i] = (float)(deviation * NormalAt(random, i, double.PositiveInfinity));
        };
    }

    /// <summary>Normal with mean 0, drawn again where a value is more than two deviations away.</summary>
    /// <param name="deviation">Standard deviation before the cut, positive and finite. BERT has 0.02.</param>
    public static Initializer TruncatedNormal(double deviation)
    {
        RequirePositive(deviation, nameof(deviation));
        return (values, _, random) =>
        {
            for (int i = 0; i < values.Length; i++) values[i] = (float)(deviation * NormalAt(random, i, MostDeviations));
        };
    }

    /// <summary>Uniform with variance 2 / (inputs + outputs), for a weight [outputs, inputs].</summary>
    /// <remarks>Source: Glorot and Bengio 2010, eq. 16.</remarks>
    public static Initializer XavierUniform => (values, shape, random) => Uniform(Math.Sqrt(6.0 / (shape.Rows + shape.Columns)))(values, shape, random);

    /// <summary>Normal with variance 2 / (inputs + outputs), for a weight [outputs, inputs].</summary>
    /// <remarks>Source: Glorot and Bengio 2010.</remarks>
    public static Initializer XavierNormal => (values, shape, random) => Normal(Math.Sqrt(2.0 / (shape.Rows + shape.Columns)))(values, shape, random);

    /// <summary>Rows, or columns where there are fewer of them, at right angles to one another and of length <paramref name="gain"/>.</summary>
    /// <remarks>Source: Saxe, McClelland and Ganguli 2014. Normal vectors, orthogonalized one after the other in double precision.</remarks>
    /// <param name="gain">Positive and finite. Default 1.</param>
    public static Initializer Orthogonal(double gain = 1)
    {
        RequirePositive(gain, nameof(gain));
        return (values, shape, random) =>
        {
            (int rows, int columns) = (shape.Rows, shape.Columns);
            bool isTall = rows > columns;
            double[][] basis = Orthonormal(Math.Min(rows, columns), Math.Max(rows, columns), random);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++) values[row * columns + column] = (float)(gain * (isTall ? basis[column][row] : basis[row][column]));
            }
        };
    }

    private static double[][] Orthonormal(int count, int length, RandomStream random)
    {
        double[][] basis = new double[count][];
        for (int k = 0; k < count; k++)
        {
            double[] vector = basis[k] = new double[length];
            for (int i = 0; i < length; i++) vector[i] = NormalAt(random, (long)k * length + i, double.PositiveInfinity);
            for (int twice = 0; twice < 2; twice++)                                  // once more takes away what rounding left
            {
                for (int other = 0; other < k; other++) Subtract(vector, basis[other], Dot(vector, basis[other]));
            }

            double norm = Math.Sqrt(Dot(vector, vector));
            for (int i = 0; i < length; i++) vector[i] /= norm;
        }

        return basis;
    }

    private static double Dot(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    private static void Subtract(double[] x, double[] y, double scale)
    {
        for (int i = 0; i < x.Length; i++) x[i] -= scale * y[i];
    }

    // Marsaglia's polar method: a point in the unit disc, drawn until it is in it; logarithm and root are the same on every processor.
    private static double NormalAt(RandomStream random, long index, double most)
    {
        for (ulong attempt = 0; ; attempt++)
        {
            ulong bits = random[(ulong)index * TriesPerValue + attempt];
            double u = 2 * ((bits >> 32) + 0.5) / 4294967296.0 - 1, v = 2 * ((bits & 0xFFFFFFFF) + 0.5) / 4294967296.0 - 1, s = u * u + v * v;
            if (s >= 1) continue;
            double normal = u * Math.Sqrt(-2 * PortableMath.Log(s) / s);
            if (Math.Abs(normal) <= most) return normal;
        }
    }

    private static void RequirePositive(double value, string name)
    {
        if (!(value > 0) || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, $"The {name} is {value}; it must be positive and finite.");
    }
}
