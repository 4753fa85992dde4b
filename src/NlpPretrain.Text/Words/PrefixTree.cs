using System.Runtime.CompilerServices;

namespace NlpPretrain.Text;

/// <summary>Words by their characters from the first on, each with a value. One hash table for the edges of all nodes, 8 bytes a slot.</summary>
/// <remarks>Words are added, then the tree is frozen, which marks the edges that need no further look-up: most of a text's look-ups end there.</remarks>
internal sealed class PrefixTree
{
    internal const int Root = 0, None = -1;

    private const int NodeBits = 23, MaxNodes = 1 << NodeBits;
    private const ulong EndsWord = 1UL << 63, GoesOn = 1UL << 62, Flags = EndsWord | GoesOn;

    // Parent, 23 bits; character, 16 bits; child, 23 bits and never 0; above them the two flags.
    private ulong[] _edges = new ulong[1 << 16];
    private double[] _values = new double[1 << 14];     // by node; NaN where no word ends
    private int[] _firstNodes = [];                     // by first character, once frozen
    private int _shift = 64 - 16;

    internal PrefixTree() => _values[Root] = double.NaN;

    /// <summary>Number of nodes: of different prefixes, the empty one counted.</summary>
    internal int Count { get; private set; } = 1;

    /// <summary>The value of the word that ends at a node; NaN where none does.</summary>
    internal double this[int node]
    {
        get => _values[node];
        set => _values[node] = value;
    }

    /// <summary>The node where a word ends, made with all before it where it is new; <see cref="None"/> where the tree is full.</summary>
    internal int Add(ReadOnlySpan<char> word)
    {
        int node = Root;
        foreach (char character in word)
        {
            ulong edge = EdgeOf(node, character);
            node = edge != 0 ? ChildOf(edge) : Append(node, character);
            if (node == None) break;
        }

        return node;
    }

    /// <summary>Ends the adding of words.</summary>
    internal void Freeze()
    {
        bool[] goesOn = new bool[Count];
        foreach (ulong edge in _edges) goesOn[ParentOf(edge)] |= edge != 0;

        _firstNodes = new int[char.MaxValue + 1];
        _firstNodes.AsSpan().Fill(None);
        foreach (ref ulong edge in _edges.AsSpan())
        {
            if (edge == 0) continue;

            int child = ChildOf(edge);
            if (ParentOf(edge) == Root) _firstNodes[CharacterOf(edge)] = child;
            if (!double.IsNaN(_values[child])) edge |= EndsWord;
            if (goesOn[child]) edge |= GoesOn;
        }
    }

    /// <summary>Whether the frozen tree has a word.</summary>
    internal bool Contains(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return false;

        Walk walk = new(this, word[0]);
        for (int i = 1; i < word.Length; i++) walk.Step(word[i]);
        return walk.EndsWord;
    }

    private static int ParentOf(ulong edge) => (int)(edge >> (NodeBits + 16) & (MaxNodes - 1));

    private static char CharacterOf(ulong edge) => (char)(edge >> NodeBits);

    private static int ChildOf(ulong edge) => (int)(edge & (MaxNodes - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong KeyOf(int parent, char character) => (ulong)(uint)parent << 16 | character;

    // The keys of one parent differ in their low 16 bits only; the second product spreads them over the table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashOf(ulong key, int shift)
    {
        key *= 0x9E3779B97F4A7C15;
        return (key ^ key >> 32) * 0xADF85458A2BB4A9B >> shift;
    }

    /// <summary>The edge from a node by a character; 0 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong EdgeOf(int node, char character)
    {
        ulong key = KeyOf(node, character);
        ulong[] edges = _edges;
        for (ulong i = HashOf(key, _shift); ; i++)
        {
            ulong edge = edges[i & (ulong)(edges.Length - 1)];
            if (edge == 0 || (edge & ~Flags) >> NodeBits == key) return edge;
        }
    }

    private int Append(int node, char character)
    {
        if (Count == MaxNodes) return None;
        if (2 * (Count + 1) > _edges.Length) Grow();
        if (Count == _values.Length) Array.Resize(ref _values, 2 * Count);

        _values[Count] = double.NaN;
        Place(_edges, _shift, KeyOf(node, character) << NodeBits | (uint)Count);
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
        ulong i = HashOf(edge >> NodeBits, shift);
        while (edges[i & (ulong)(edges.Length - 1)] != 0) i++;
        edges[i & (ulong)(edges.Length - 1)] = edge;
    }

    /// <summary>A way through a frozen tree from its root, a character at a time.</summary>
    internal ref struct Walk
    {
        private readonly PrefixTree _tree;
        private ulong _edge;

        internal Walk(PrefixTree tree, char first)
        {
            _tree = tree;
            int node = tree._firstNodes[first];
            _edge = node == None ? 0 : (uint)node | GoesOn | (double.IsNaN(tree._values[node]) ? 0 : PrefixTree.EndsWord);
        }

        /// <summary>Whether a word ends here.</summary>
        internal readonly bool EndsWord => (_edge & PrefixTree.EndsWord) != 0;

        /// <summary>Whether a longer word may come.</summary>
        internal readonly bool CanGoOn => (_edge & GoesOn) != 0;

        /// <summary>The value of the word that ends here.</summary>
        internal readonly double Value => _tree._values[ChildOf(_edge)];

        internal void Step(char character) => _edge = CanGoOn ? _tree.EdgeOf(ChildOf(_edge), character) : 0;
    }
}
