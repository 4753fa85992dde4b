using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>A binary Huffman tree over the words: for each word, the inner nodes from the root down and the branch taken at each.</summary>
/// <remarks>Source: Mikolov et al. 2013b, section 2.1; Huffman 1952. Frequent words have short paths: the mean length is near the entropy of the text.</remarks>
internal sealed class HuffmanTree
{
    private readonly int[] _starts;
    private readonly int[] _nodes;
    private readonly bool[] _branches;

    internal HuffmanTree(WordVocabulary vocabulary)
    {
        int words = vocabulary.Count;
        NodeCount = Math.Max(words - 1, 1);
        int[] parents = new int[2 * words];
        bool[] isSecond = new bool[2 * words];
        Join(vocabulary, parents, isSecond);

        _starts = new int[words + 1];
        List<int> nodes = [];
        List<bool> branches = [];
        int root = 2 * words - 2;
        for (int word = 0; word < words; word++)
        {
            int start = nodes.Count;
            for (int at = word; at != root; at = parents[at])
            {
                nodes.Add(parents[at] - words);
                branches.Add(isSecond[at]);
            }

            nodes.Reverse(start, nodes.Count - start);
            branches.Reverse(start, branches.Count - start);
            _starts[word + 1] = nodes.Count;
            MaxLength = Math.Max(MaxLength, nodes.Count - start);
        }

        (_nodes, _branches) = ([.. nodes], [.. branches]);
    }

    /// <summary>Number of inner nodes, each of which has an output row.</summary>
    internal int NodeCount { get; }

    /// <summary>Length of the longest path.</summary>
    internal int MaxLength { get; }

    /// <summary>Inner nodes on the way to a word, from the root.</summary>
    internal ReadOnlySpan<int> PathTo(int word) => _nodes.AsSpan(_starts[word].._starts[word + 1]);

    /// <summary>Whether the way to a word takes the second branch, at each node of its path.</summary>
    internal ReadOnlySpan<bool> BranchesTo(int word) => _branches.AsSpan(_starts[word].._starts[word + 1]);

    // Words come sorted by falling count, and joined nodes are made in rising order: two queues replace a heap.
    private static void Join(WordVocabulary vocabulary, int[] parents, bool[] isSecond)
    {
        int words = vocabulary.Count;
        int[] order = Enumerable.Range(0, words).ToArray();
        Array.Sort(order, (a, b) => vocabulary.CountOf(a) != vocabulary.CountOf(b) ? vocabulary.CountOf(a).CompareTo(vocabulary.CountOf(b)) : b.CompareTo(a));
        long[] joined = new long[Math.Max(words - 1, 0)];
        int nextWord = 0, nextJoined = 0;
        for (int made = 0; made < words - 1; made++)
        {
            int first = Smallest(made), second = Smallest(made);
            joined[made] = CountOf(first) + CountOf(second);
            parents[first] = parents[second] = words + made;
            isSecond[second] = true;
        }

        long CountOf(int node) => node < words ? vocabulary.CountOf(node) : joined[node - words];

        int Smallest(int made) =>
            nextWord < words && (nextJoined == made || vocabulary.CountOf(order[nextWord]) <= joined[nextJoined])
                ? order[nextWord++]
                : words + nextJoined++;
    }
}
