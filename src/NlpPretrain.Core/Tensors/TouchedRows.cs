namespace NlpPretrain.Tensors;

/// <summary>A set of row numbers in the order in which they came.</summary>
internal sealed class TouchedRows(int rowCount)
{
    private readonly bool[] _isTouched = new bool[rowCount];
    private int[] _rows = new int[Math.Min(rowCount, 256)];
    private int _count;

    internal ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    /// <summary>For every row whether it is in the set.</summary>
    internal ReadOnlySpan<bool> IsTouched => _isTouched;

    internal void Add(ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            if (_isTouched[row]) continue;
            _isTouched[row] = true;
            if (_count == _rows.Length) Array.Resize(ref _rows, Math.Min(rowCount, 2 * _count));
            _rows[_count++] = row;
        }
    }

    internal void Clear()
    {
        foreach (int row in Rows) _isTouched[row] = false;
        _count = 0;
    }
}
