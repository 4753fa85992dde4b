namespace NlpPretrain.Text;

/// <summary>The pieces of a unigram model in training, in ordinal order, and the steps that change them. Sums go over chunks of fragments, fixed in number and order.</summary>
internal sealed class UnigramEstimation(UnigramFragments fragments, string[] pieces, double[] scores, ParallelOptions parallel)
{
    private const int MaxChunks = 16, FragmentsPerChunk = 1024;

    /// <summary>The least expected number of a piece; with less it is dropped, or kept at this where it is a single character.</summary>
    private const double LeastExpected = 0.5;

    private PieceTrie _trie = new(pieces);

    internal string[] Pieces { get; private set; } = pieces;

    internal double[] Scores { get; private set; } = scores;

    private int Chunks => Math.Clamp(fragments.Count / FragmentsPerChunk, 1, MaxChunks);

    /// <summary>The expected number of each piece, over all ways to cut each fragment.</summary>
    internal double[] Expect() => Sum<double>((lattice, fragment, expected) =>
    {
        lattice.Set(fragments[fragment], _trie, Scores);
        lattice.AddExpected(fragments.CountOf(fragment), expected);
    });

    /// <summary>Scores from expected numbers; rare pieces go.</summary>
    /// <remarks>
    /// score = ψ(expected) − ψ(Σ expected): the variational step under a sparse prior, which favours frequent pieces. Differs from SentencePiece: a character that is
    /// expected less than half a time stays, as if expected half a time.
    /// </remarks>
    internal void Maximize(double[] expected)
    {
        List<int> kept = [];
        double sum = 0;
        for (int i = 0; i < Pieces.Length; i++)
        {
            if (expected[i] < LeastExpected)
            {
                if (!CharacterSpan.IsOne(Pieces[i])) continue;
                expected[i] = LeastExpected;
            }

            kept.Add(i);
            sum += expected[i];
        }

        double logSum = LogSum.Digamma(sum);
        for (int i = 0; i < Scores.Length; i++) Scores[i] = LogSum.Digamma(Math.Max(expected[i], LeastExpected)) - logSum;
        Keep(kept);
    }

    /// <summary>Drops the pieces whose absence costs the least likelihood; single characters stay.</summary>
    /// <remarks>
    /// A piece's occurrences in the best ways would fall to the best way to cut the piece itself by others. With f its number, F the sum of all and a its n
    /// alternatives: loss = f·(log f − log F − Σ (log(fₐ + f) − log(F + (n − 1)f))). A piece that is in no best way, or that is better cut itself, goes first.
    /// </remarks>
    /// <param name="size">How many pieces to keep.</param>
    internal void Prune(int size)
    {
        long[] numbers = Sum<long>((lattice, fragment, found) =>
        {
            List<int> best = lattice.Found;
            best.Clear();
            lattice.Set(fragments[fragment], _trie, Scores);
            lattice.AppendBest(best);
            foreach (int piece in best) found[piece] += fragments.CountOf(fragment);
        });
        double all = 0;
        foreach (long number in numbers) all += number;
        double logAll = PortableLog.Of(all);

        double[] losses = new double[Pieces.Length];
        Parallel.For(0, (Pieces.Length + FragmentsPerChunk - 1) / FragmentsPerChunk, parallel, () => new UnigramLattice(), (chunk, _, lattice) =>
        {
            int end = Math.Min((chunk + 1) * FragmentsPerChunk, Pieces.Length);
            for (int i = chunk * FragmentsPerChunk; i < end; i++) losses[i] = LossOf(i, numbers, all, logAll, lattice);
            return lattice;
        }, _ => { });

        List<int> kept = [], candidates = [];
        for (int i = 0; i < losses.Length; i++)
        {
            if (double.IsPositiveInfinity(losses[i])) kept.Add(i);
            else if (!double.IsNegativeInfinity(losses[i])) candidates.Add(i);
        }

        candidates.Sort((a, b) => losses[a] == losses[b] ? a.CompareTo(b) : losses[b].CompareTo(losses[a]));
        kept.AddRange(candidates.Take(Math.Max(size - kept.Count, 0)));
        kept.Sort();
        Keep(kept);
    }

    /// <summary>+∞ for a piece that must stay, −∞ for one that goes at once.</summary>
    private double LossOf(int piece, long[] numbers, double all, double logAll, UnigramLattice lattice)
    {
        if (CharacterSpan.IsOne(Pieces[piece])) return double.PositiveInfinity;
        if (numbers[piece] == 0) return double.NegativeInfinity;

        List<int> alternatives = lattice.Found;
        alternatives.Clear();
        lattice.Set(Pieces[piece], _trie, Scores, excluded: piece);
        if (lattice.AppendBest(alternatives) > Scores[piece]) return double.NegativeInfinity;

        double number = numbers[piece];
        double logAfter = PortableLog.Of(all + number * (alternatives.Count - 1));
        double alternative = 0;
        foreach (int other in alternatives) alternative += PortableLog.Of(numbers[other] + number) - logAfter;
        return number * (PortableLog.Of(number) - logAll - alternative);
    }

    private void Keep(List<int> kept)
    {
        if (kept.Count == Pieces.Length) return;

        Scores = [.. kept.Select(i => Scores[i])];
        Pieces = [.. kept.Select(i => Pieces[i])];
        _trie = new PieceTrie(Pieces);
    }

    private T[] Sum<T>(Action<UnigramLattice, int, T[]> add) where T : System.Numerics.IAdditionOperators<T, T, T>
    {
        int chunks = Chunks;
        T[][] sums = new T[chunks][];
        Parallel.For(0, chunks, parallel, chunk =>
        {
            UnigramLattice lattice = new();
            T[] sum = new T[Pieces.Length];
            int end = (int)((long)fragments.Count * (chunk + 1) / chunks);
            for (int i = (int)((long)fragments.Count * chunk / chunks); i < end; i++) add(lattice, i, sum);
            sums[chunk] = sum;
        });

        T[] total = sums[0];
        foreach (T[] sum in sums.AsSpan(1))
        {
            for (int i = 0; i < total.Length; i++) total[i] += sum[i];
        }

        return total;
    }
}
