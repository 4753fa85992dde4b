namespace NlpPretrain.Text;

/// <summary>Atoms of a text that touch each other.</summary>
internal sealed class AtomRun
{
    private int[] _starts = new int[256];
    private AtomKind[] _kinds = new AtomKind[256];

    internal int Count { get; private set; }

    /// <summary>Where each atom starts, and where the last one ends.</summary>
    internal ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count + 1);

    /// <summary>Where the last atom ends; −1 where there is none.</summary>
    internal int End => Count == 0 ? -1 : _starts[Count];

    internal AtomKind KindOf(int atom) => _kinds[atom];

    internal bool IsHan(int atom) => _kinds[atom] == AtomKind.Han;

    internal void Add(AtomKind kind, int start, int length)
    {
        if (Count + 1 == _starts.Length)
        {
            Array.Resize(ref _starts, 2 * _starts.Length);
            Array.Resize(ref _kinds, 2 * _kinds.Length);
        }

        _kinds[Count] = kind;
        _starts[Count++] = start;
        _starts[Count] = start + length;
    }

    internal void Clear() => Count = 0;
}
