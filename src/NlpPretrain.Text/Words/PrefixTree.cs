using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>Words by their characters from the first on, each with a value: one hash table for the edges of all nodes, 8 bytes an edge slot.</summary>
internal sealed class PrefixTree
{
    internal const int Root = 0;

    private const int MaxNodes = 1 << 24;

    private ulong[] _edges = new ulong[1 << 16];        // parent, 24 bits; character, 16 bits; child, 24 bits and never 0
    private double[] _values = new double[1 << 14];     // by node; NaN where no word ends
    private int _shift = 64 - 16;

    internal PrefixTree() => _values[Root] = double.NaN;

    /// <summary>Number of nodes: of different prefixes, the empty one counted.</summary>
    internal int Count { get; private set; } = 1;

    /// <summary>The node one character on; −1 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Next(int node, char character)
    {
        ulong key = (ulong)(uint)node << 16 | character;
        ulong[] edges = _edges;
        for (ulong i = HashOf(key, _shift); ; i++)
        {
            ulong edge = edges[i & (ulong)(edges.Length - 1)];
            if (edge == 0) return -1;
            if (edge >> 24 == key) return (int)(edge & (MaxNodes - 1));
        }
    }

    /// <summary>The value of the word that ends at a node; NaN where none does.</summary>
    internal double ValueOf(int node) => _values[node];

    internal void SetValue(int node, double value) => _values[node] = value;

    /// <summary>The node where a text ends; −1 where no word starts with it.</summary>
    internal int Find(ReadOnlySpan<char> text)
    {
        int node = Root;
        for (int i = 0; i < text.Length && node >= 0; i++) node = Next(node, text[i]);
        return node;
    }

    /// <summary>The node where a word ends, made with all before it where it is new; −1 where the tree is full.</summary>
    internal int Add(ReadOnlySpan<char> word)
    {
        int node = Root;
        foreach (char character in word)
        {
            int next = Next(node, character);
            if (next < 0 && (next = Append(node, character)) < 0) return -1;
            node = next;
        }

        return node;
    }

    private int Append(int node, char character)
    {
        if (Count == MaxNodes) return -1;
        if (2 * (Count + 1) > _edges.Length) Grow();
        if (Count == _values.Length) Array.Resize(ref _values, 2 * Count);

        _values[Count] = double.NaN;
        Place(_edges, _shift, ((ulong)(uint)node << 16 | character) << 24 | (uint)Count);
        return Count++;
    }

    private void Grow()
    {
        ulong[] larger = new ulong[2 * _edges.Length];
        _shift--;
        foreach (ulong edge in _edges)
        {
            if (edge != 0) Place(larger, _shift, edge);
        }

        _edges = larger;
    }

    private static void Place(ulong[] edges, int shift, ulong edge)
    {
        ulong i = HashOf(edge >> 24, shift);
        while (edges[i & (ulong)(edges.Length - 1)] != 0) i++;
        edges[i & (ulong)(edges.Length - 1)] = edge;
    }

    // Twice, since the keys of one parent differ in their low 16 bits only, and the first product alone leaves those in steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashOf(ulong key, int shift)
    {
        key *= 0x9E3779B97F4A7C15;
        return (key ^ key >> 32) * 0xADF85458A2BB4A9B >> shift;
    }
}
