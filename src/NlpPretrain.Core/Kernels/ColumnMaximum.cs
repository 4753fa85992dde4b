using System.Runtime.Intrinsics;

namespace NlpPretrain.Kernels;

/// <summary>The largest value of each column and its row: the first of equal ones, and the first NaN before any number.</summary>
internal static unsafe class ColumnMaximum
{
    internal static void Run(float* x, int rows, int columns, float* most, int* places)
    {
        for (int column = 0; column < columns; column += Row.Lanes)
        {
            int left = columns - column;
            Vector512<float> best = Row.Load(x + column, left), place = Vector512<float>.Zero;
            for (int row = 1; row < rows; row++)
            {
                Vector512<float> here = Row.Load(x + (long)row * columns + column, left);
                Vector512<float> isBetter = Vector512.AndNot(Vector512.Equals(best, best), Vector512.LessThanOrEqual(here, best));      // NaN is not below or equal
                best = Vector512.ConditionalSelect(isBetter, here, best);
                place = Vector512.ConditionalSelect(isBetter, Vector512.Create(row).AsSingle(), place);
            }

            Row.Store(most + column, best, left);
            Row.Store((float*)(places + column), place, left);
        }
    }
}
