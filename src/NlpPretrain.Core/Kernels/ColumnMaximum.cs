namespace NlpPretrain.Kernels;

/// <summary>The largest value of each column and its row: the first of equal ones, and the first NaN before any number.</summary>
internal static unsafe class ColumnMaximum
{
    internal static void Run<TSimd>(float* x, int rows, int columns, float* most, int* places) where TSimd : struct, ISimd<TSimd>
    {
        for (int column = 0; column < columns; column += Row.Lanes)
        {
            int left = columns - column;
            TSimd best = Row.Load<TSimd>(x + column, left), place = 0f;
            for (int row = 1; row < rows; row++)
            {
                TSimd here = Row.Load<TSimd>(x + (long)row * columns + column, left);
                TSimd isBetter = TSimd.AndNot(TSimd.AreEqual(best, best), here <= best);                                               // NaN is not below or equal
                best = TSimd.Select(isBetter, here, best);
                place = TSimd.Select(isBetter, TSimd.CreateBits(row), place);
            }

            Row.Store(most + column, best, left);
            Row.Store((float*)(places + column), place, left);
        }
    }
}
