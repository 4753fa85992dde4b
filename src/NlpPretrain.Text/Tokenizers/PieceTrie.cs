using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>Pieces by their UTF-16 units from the first on: a double array, where the child of a node by a unit is the cell at the node's base plus the unit's code.</summary>
/// <remarks>Source: Aoe 1989, "An efficient digital search algorithm by using a double-array structure". Units are numbered by falling frequency.</remarks>
internal sealed class PieceTrie
{
    internal const int Root = 0, None = -1;

    private const int MaxTries = 256;

    private readonly ushort[] _codes = new ushort[char.MaxValue + 1];      // 0 for units of no piece: no cell of code 0 is anyone's child
    private Cell[] _cells = new Cell[1024];
    private int[] _nextFree = new int[1024], _previousFree = new int[1024];
    private int _lastFree;

    /// <summary>Builds the tree; the number of a piece is its index.</summary>
    /// <param name="pieces">Different pieces, none empty.</param>
    internal PieceTrie(IReadOnlyList<string> pieces)
    {
        int[] order = new int[pieces.Count];
        bool isSorted = true;
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            isSorted &= i == 0 || string.CompareOrdinal(pieces[i - 1], pieces[i]) < 0;
        }

        if (!isSorted) Array.Sort(order, (a, b) => string.CompareOrdinal(pieces[a], pieces[b]));
        int alphabet = NumberUnits(pieces);
        FreeFrom(0);
        Take(Root, None);
        Build(pieces, order);

        // A base plus any code stays within the cells, so that a step needs no comparison with their number.
        int length = 1;
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_cells[i].Parent != None || i == Root) length = Math.Max(length, Math.Max(i, _cells[i].Base) + alphabet + 1);
        }

        int known = _cells.Length;
        Array.Resize(ref _cells, length);
        for (int i = known; i < length; i++) _cells[i] = Cell.Free;
        _nextFree = _previousFree = [];
    }

    /// <summary>The node after a unit; <see cref="None"/> where no piece goes on so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Step(int node, char unit)
    {
        Cell[] cells = _cells;
        int child = cells[node].Base + _codes[unit];
        return cells[child].Parent == node ? child : None;
    }

    /// <summary>The piece that ends at a node; <see cref="None"/> where none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int PieceAt(int node) => _cells[node].Piece;

    /// <summary>The number of a piece; <see cref="None"/> where it is absent.</summary>
    internal int Find(ReadOnlySpan<char> piece)
    {
        int node = Root;
        for (int i = 0; i < piece.Length && node != None; i++) node = Step(node, piece[i]);
        return node == None ? None : PieceAt(node);
    }

    private int NumberUnits(IReadOnlyList<string> pieces)
    {
        long[] counts = new long[char.MaxValue + 1];
        foreach (string piece in pieces)
        {
            foreach (char unit in piece) counts[unit]++;
        }

        List<char> units = [];
        for (int unit = 0; unit < counts.Length; unit++)
        {
            if (counts[unit] > 0) units.Add((char)unit);
        }

        units.Sort((a, b) => counts[a] == counts[b] ? a.CompareTo(b) : counts[b].CompareTo(counts[a]));
        if (units.Count > ushort.MaxValue) throw new ArgumentException("The pieces use every UTF-16 unit there is.");
        for (int i = 0; i < units.Count; i++) _codes[units[i]] = (ushort)(i + 1);
        return units.Count;
    }

    private void Build(IReadOnlyList<string> pieces, int[] order)
    {
        Queue<(int Node, int First, int End, int Depth)> open = new();
        open.Enqueue((Root, 0, order.Length, 0));
        List<(int Code, int First, int End)> children = [];
        while (open.TryDequeue(out (int Node, int First, int End, int Depth) range))
        {
            int at = range.First;
            if (range.Depth > 0 && pieces[order[at]].Length == range.Depth) _cells[range.Node].Piece = order[at++];
            children.Clear();
            while (at < range.End)
            {
                int first = at;
                char unit = pieces[order[at]][range.Depth];
                while (at < range.End && pieces[order[at]][range.Depth] == unit) at++;
                children.Add((_codes[unit], first, at));
            }

            if (children.Count == 0) continue;

            children.Sort((a, b) => a.Code.CompareTo(b.Code));
            int origin = FindBase(children);
            _cells[range.Node].Base = origin;
            foreach ((int code, int first, int end) in children)
            {
                Take(origin + code, range.Node);
                open.Enqueue((origin + code, first, end, range.Depth + 1));
            }
        }
    }

    /// <summary>A base that puts all children into free cells; past the used ones after some tries, which keeps the building linear.</summary>
    private int FindBase(List<(int Code, int First, int End)> children)
    {
        int lowest = children[0].Code, highest = children[^1].Code;
        int cell = _nextFree[Root];
        for (int tries = 0; tries < MaxTries && cell != Root; tries++, cell = _nextFree[cell])
        {
            int origin = cell - lowest;
            if (origin < 0) continue;

            Reserve(origin + highest);
            bool fits = true;
            foreach ((int code, _, _) in children) fits &= _cells[origin + code].Parent == None;
            if (fits) return origin;
        }

        int past = _cells.Length;
        while (past > 1 && _cells[past - 1].Parent == None) past--;
        Reserve(past + highest);
        return Math.Max(past - lowest, 0);
    }

    private void Reserve(int cell)
    {
        if (cell < _cells.Length) return;

        int known = _cells.Length;
        int length = (int)Math.Max(cell + 1L, Math.Min(2L * known, Array.MaxLength));
        Array.Resize(ref _cells, length);
        Array.Resize(ref _nextFree, length);
        Array.Resize(ref _previousFree, length);
        FreeFrom(known);
    }

    // The free cells are a ring through the root's cell, in rising order.
    private void FreeFrom(int first)
    {
        for (int i = first; i < _cells.Length; i++)
        {
            _cells[i] = Cell.Free;
            if (i == Root) continue;

            _nextFree[_lastFree] = i;
            _previousFree[i] = _lastFree;
            _lastFree = i;
        }

        _nextFree[_lastFree] = Root;
        _previousFree[Root] = _lastFree;
    }

    private void Take(int cell, int parent)
    {
        _cells[cell] = Cell.Free with { Parent = parent };
        if (cell == Root) return;

        if (cell == _lastFree) _lastFree = _previousFree[cell];
        _nextFree[_previousFree[cell]] = _nextFree[cell];
        _previousFree[_nextFree[cell]] = _previousFree[cell];
    }

    /// <param name="Base">Where the children's cells are counted from.</param>
    /// <param name="Parent">The parent's cell; −1 for a free cell and the root.</param>
    /// <param name="Piece">The piece that ends here; −1 where none does.</param>
    private record struct Cell(int Base, int Parent, int Piece)
    {
        internal static Cell Free => new(0, None, None);
    }
}
