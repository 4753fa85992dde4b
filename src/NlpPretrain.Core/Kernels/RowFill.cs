namespace NlpPretrain.Kernels;

/// <summary>Copies one row to every row.</summary>
internal unsafe struct RowFill : IPieces
{
    private float* _row, _target;
    private int _rows, _columns;

    internal static void Run(Workers workers, float* row, int rows, int columns, float* target)
    {
        RowFill work = new() { _row = row, _target = target, _rows = rows, _columns = columns };
        workers.For(Pieces.Count(rows, Pieces.RowsOf(columns)), ref work);
    }

    public readonly void Run(int piece)
    {
        int each = Pieces.RowsOf(_columns), end = Math.Min(_rows, (piece + 1) * each);
        for (int row = piece * each; row < end; row++) new Span<float>(_row, _columns).CopyTo(new(_target + (long)row * _columns, _columns));
    }
}
