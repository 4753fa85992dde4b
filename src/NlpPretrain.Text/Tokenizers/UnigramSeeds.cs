namespace NlpPretrain.Text;

/// <summary>The pieces that training starts from: all characters, and the substrings of the corpus that cover the most of it.</summary>
/// <remarks>
/// The suffixes of all fragments, cut to the longest piece, are sorted; neighbours' common prefixes give the nodes of their suffix tree with the number of their occurrences. A substring that
/// is always followed by the same character is no node, and is no seed; a character always is. Source: Kudo 2018, arXiv:1804.10959, section 3.2. Differs from SentencePiece: occurrences are counted in the
/// corpus, not in its list of different words, and a fragment's end counts as a character.
/// </remarks>
internal static class UnigramSeeds
{
    /// <summary>The seeds in ordinal order; scores are logarithms of their shares.</summary>
    internal static (string[] Pieces, double[] Scores) Find(UnigramFragments fragments, UnigramTrainerOptions options, ParallelOptions parallel)
    {
        Suffix[] suffixes = Sort(fragments, options.LongestPiece, parallel);
        List<Seed> seeds = [], characters = [];
        Walk(fragments, suffixes, seeds, characters);
        ReadOnlySpan<char> Text(Seed seed) => fragments.Characters.Slice(seed.Start, seed.Length);
        seeds.Sort((a, b) => a.Coverage == b.Coverage ? Text(a).SequenceCompareTo(Text(b)) : b.Coverage.CompareTo(a.Coverage));
        if (seeds.Count > options.SeedSize) seeds.RemoveRange(options.SeedSize, seeds.Count - options.SeedSize);
        seeds.AddRange(characters);
        seeds.Sort((a, b) => Text(a).SequenceCompareTo(Text(b)));

        double total = 0;
        foreach (Seed seed in seeds) total += seed.Coverage;
        double logTotal = PortableLog.Of(total);
        return ([.. seeds.Select(seed => Text(seed).ToString())], [.. seeds.Select(seed => PortableLog.Of(seed.Coverage) - logTotal)]);
    }

    /// <summary>The suffixes by their characters up to the longest piece: in buckets by their first unit, and each bucket sorted.</summary>
    private static Suffix[] Sort(UnigramFragments fragments, int longestPiece, ParallelOptions parallel)
    {
        int[] ends = new int[char.MaxValue + 2];
        foreach (char unit in fragments.Characters) ends[unit + 1]++;
        for (int unit = 0; unit <= char.MaxValue; unit++) ends[unit + 1] += ends[unit];
        int[] next = ends[..^1];
        Suffix[] suffixes = new Suffix[fragments.Characters.Length];
        for (int i = 0; i < fragments.Count; i++)
        {
            ReadOnlySpan<char> fragment = fragments[i];
            for (int at = 0; at < fragment.Length; at += CharacterSpan.LengthAt(fragment, at))
                suffixes[next[fragment[at]]++] = new Suffix(fragments.StartOf(i) + at, LengthOf(fragment[at..], longestPiece), fragments.CountOf(i));
        }

        Parallel.For(0, char.MaxValue + 1, parallel, unit =>
        {
            suffixes.AsSpan(ends[unit]..next[unit]).Sort(new BySuffix(fragments));
        });

        // Low surrogates start no suffix: their places are empty.
        return Array.Exists(suffixes, suffix => suffix.Length == 0) ? Array.FindAll(suffixes, suffix => suffix.Length > 0) : suffixes;
    }

    private static int LengthOf(ReadOnlySpan<char> text, int characters)
    {
        int length = 0;
        for (int i = 0; i < characters && length < text.Length; i++) length += CharacterSpan.LengthAt(text, length);
        return length;
    }

    private static void Walk(UnigramFragments fragments, Suffix[] suffixes, List<Seed> seeds, List<Seed> characters)
    {
        Stack<(int Depth, long Before)> open = new();
        open.Push((0, 0));
        long before = 0;
        for (int i = 0; i <= suffixes.Length; i++)
        {
            int common = i == 0 || i == suffixes.Length ? 0 : Common(fragments.Characters, suffixes[i - 1], suffixes[i]);
            long left = before;
            while (open.Peek().Depth > common)
            {
                (int depth, left) = open.Pop();
                Take(fragments, suffixes[i - 1].Start, depth, before - left, seeds, characters);
            }

            if (open.Peek().Depth < common) open.Push((common, left));
            if (i == suffixes.Length) break;
            int first = CharacterSpan.LengthAt(fragments.Characters.Slice(suffixes[i].Start, suffixes[i].Length), 0);
            if (open.Peek().Depth == 0) open.Push((first, before));
            if (open.Peek().Depth < suffixes[i].Length) open.Push((suffixes[i].Length, before));
            before += suffixes[i].Count;
        }
    }

    private static void Take(UnigramFragments fragments, int start, int length, long occurrences, List<Seed> seeds, List<Seed> characters)
    {
        int number = 0;
        ReadOnlySpan<char> text = fragments.Characters.Slice(start, length);
        for (int at = 0; at < length; at += CharacterSpan.LengthAt(text, at)) number++;
        if (number == 1) characters.Add(new Seed(start, length, occurrences));
        else if (occurrences > 1) seeds.Add(new Seed(start, length, occurrences * number));
    }

    private static int Common(ReadOnlySpan<char> characters, Suffix a, Suffix b)
    {
        int common = characters.Slice(a.Start, a.Length).CommonPrefixLength(characters.Slice(b.Start, b.Length));
        return common > 0 && char.IsHighSurrogate(characters[a.Start + common - 1]) ? common - 1 : common;
    }

    private readonly record struct Suffix(int Start, int Length, long Count);

    private readonly record struct Seed(int Start, int Length, long Coverage);

    private readonly struct BySuffix(UnigramFragments fragments) : IComparer<Suffix>
    {
        public int Compare(Suffix a, Suffix b)
        {
            ReadOnlySpan<char> characters = fragments.Characters;
            int order = characters.Slice(a.Start, a.Length).SequenceCompareTo(characters.Slice(b.Start, b.Length));
            return order != 0 ? order : a.Start.CompareTo(b.Start);
        }
    }
}
