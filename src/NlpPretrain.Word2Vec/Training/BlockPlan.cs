using System.Runtime.CompilerServices;
using NlpPretrain.Initialization;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>Everything random about a block of sentences, drawn before any arithmetic: the kept words, their windows, and the output rows of each.</summary>
/// <remarks>
/// A plan depends on (seed, block) only. Drawing ahead lets the trainer prefetch the rows of the next window, and lets the reproducible mode know
/// which rows a block touches. Its arrays are used again for the next block.
/// </remarks>
internal sealed class BlockPlan(Word2VecConfig config, NoiseDistribution? noise, HuffmanTree? tree, float[] keepProbabilities)
{
    /// <summary>The output row that fills a tile and takes no part.</summary>
    internal const int NoRow = -1;

    private const ulong SubsamplingStream = 1, WindowStream = 2, NoiseStream = 3;
    private const int MaxRedraws = 16;

    private readonly bool _freshNoiseForEachPair = config is
    {
        Architecture: Word2VecArchitecture.SkipGram, Objective: Word2VecObjective.NegativeSampling, NoiseSharing: NoiseSharing.Pair,
    };

    private int[] _ids = [], _words = [], _targets = [], _windowStarts = [], _windowEnds = [], _outputStarts = [], _outputs = [];

    /// <summary>Number of kept words; each is the centre of one window.</summary>
    internal int Count { get; private set; }

    /// <summary>Number of output rows planned, with those that fill tiles.</summary>
    internal int OutputCount { get; private set; }

    /// <summary>Input rows of the kept words, in order; the reproducible mode renames them.</summary>
    internal Span<int> Words => _words.AsSpan(0, Count);

    /// <summary>Output rows of all windows; the reproducible mode renames them.</summary>
    internal Span<int> Outputs => _outputs.AsSpan(0, OutputCount);

    /// <summary>The kept words themselves.</summary>
    internal ReadOnlySpan<int> Targets => _targets.AsSpan(0, Count);

    /// <summary>First position of the window around a position.</summary>
    internal int WindowStart(int position) => _windowStarts[position];

    /// <summary>Position after the last of the window around a position.</summary>
    internal int WindowEnd(int position) => _windowEnds[position];

    /// <summary>The output rows of a window: one set, or a set a neighbour where noise is not shared; each a whole number of tiles.</summary>
    internal ReadOnlySpan<int> OutputsOf(int position) => _outputs.AsSpan(_outputStarts[position].._outputStarts[position + 1]);

    internal void Draw(EncodedCorpus corpus, int block, ulong seed, ulong step)
    {
        Grow(ref _ids, corpus.LengthOf(block));
        ReadOnlySpan<int> ids = corpus.Read(block, _ids);
        Grow(ref _words, ids.Length);
        Grow(ref _targets, ids.Length);
        Grow(ref _windowStarts, ids.Length);
        Grow(ref _windowEnds, ids.Length);
        Grow(ref _outputStarts, ids.Length + 1);
        Count = OutputCount = 0;

        RandomStream windows = new(seed, WindowStream, step);
        DrawKeptWords(ids, new RandomStream(seed, SubsamplingStream, step), windows);
        _words.AsSpan(0, Count).CopyTo(_targets);
        if (tree is not null) FollowPaths(tree);
        else DrawNoise(noise!, new RandomStream(seed, NoiseStream, step));
        _outputStarts[Count] = OutputCount;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DrawKeptWords(ReadOnlySpan<int> ids, RandomStream subsampling, RandomStream windows)
    {
        int sentenceStart = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int id = ids[i];
            if (id != EncodedCorpus.SentenceEnd)
            {
                if (keepProbabilities[id] >= 1 || subsampling.Uniform((ulong)i) < keepProbabilities[id]) _words[Count++] = id;
                continue;
            }

            for (int position = sentenceStart; position < Count; position++)
            {
                int reach = config.ShrinkWindow ? 1 + windows.Below((ulong)position, config.Window) : config.Window;
                _windowStarts[position] = Math.Max(position - reach, sentenceStart);
                _windowEnds[position] = Math.Min(position + reach + 1, Count);
            }

            sentenceStart = Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FollowPaths(HuffmanTree tree)
    {
        for (int position = 0; position < Count; position++)
        {
            _outputStarts[position] = OutputCount;
            ReadOnlySpan<int> path = tree.PathTo(_words[position]);
            Reserve(path.Length);
            path.CopyTo(_outputs.AsSpan(OutputCount));
            OutputCount += path.Length;
            FillTile();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DrawNoise(NoiseDistribution noise, RandomStream random)
    {
        ulong drawn = 0;
        for (int position = 0; position < Count; position++)
        {
            _outputStarts[position] = OutputCount;
            int sets = _freshNoiseForEachPair ? _windowEnds[position] - _windowStarts[position] - 1 : 1;
            for (int set = 0; set < sets; set++)
            {
                Reserve(1 + config.NegativeSamples);
                int start = OutputCount;
                _outputs[OutputCount++] = _words[position];
                for (int k = 0; k < config.NegativeSamples; k++)
                {
                    // A row twice in one step would lose an update, and the true word is no noise: draw again, or do without in a tiny vocabulary.
                    int word;
                    int redraws = 0;
                    do word = noise.Draw(random[drawn++]);
                    while (_outputs.AsSpan(start, OutputCount - start).Contains(word) && ++redraws < MaxRedraws);
                    _outputs[OutputCount++] = redraws < MaxRedraws ? word : NoRow;
                }

                FillTile();
            }
        }
    }

    private void Reserve(int more)
    {
        int needed = OutputCount + more + WindowKernel.Tile;
        if (needed > _outputs.Length) Array.Resize(ref _outputs, Math.Max(needed, 2 * _outputs.Length));
    }

    private void FillTile()
    {
        while (OutputCount % WindowKernel.Tile != 0) _outputs[OutputCount++] = NoRow;
    }

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length) array = new int[length + length / 2];
    }

    /// <summary>The probability to keep an occurrence of each word.</summary>
    /// <remarks>p = √(t/f) + t/f. Source: the original program. Differs: Mikolov et al. 2013b, eq. 5 has √(t/f) alone.</remarks>
    internal static float[] KeepProbabilities(WordVocabulary vocabulary, double threshold)
    {
        float[] keep = new float[vocabulary.Count];
        for (int i = 0; i < keep.Length; i++)
        {
            double ratio = threshold == 0 ? 1 : threshold * vocabulary.TotalWords / vocabulary.CountOf(i);
            keep[i] = (float)(Math.Sqrt(ratio) + ratio);
        }

        return keep;
    }
}
