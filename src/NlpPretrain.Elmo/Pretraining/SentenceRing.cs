using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo;

/// <summary>A corpus as steps, in constant memory: one for each word of a sentence and one for its end, and behind the last step the first again.</summary>
/// <remarks>
/// A sentence w₁ … wₙ has n + 1 steps. The forward direction reads &lt;S> w₁ … wₙ there and predicts w₁ … wₙ &lt;/S>; the backward one reads &lt;/S> wₙ … w₁ and predicts
/// wₙ … w₁ &lt;S>. Source: bilm-tf, bilm/data.py: both take the sentences in the same order, and the backward one turns each round.
/// </remarks>
internal sealed class SentenceRing : IDisposable
{
    /// <summary>A longer sentence is cut.</summary>
    private const int BlockWords = 4_096;

    private readonly EncodedCorpus _corpus;
    private readonly long[] _starts;

    private SentenceRing(EncodedCorpus corpus)
    {
        _corpus = corpus;
        _starts = new long[corpus.BlockCount + 1];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int[] ids = [];
        for (int block = 0; block < corpus.BlockCount; block++)
        {
            LongestBlock = Math.Max(LongestBlock, corpus.LengthOf(block));
            _starts[block + 1] = _starts[block] + corpus.LengthOf(block);
            if (ids.Length < LongestBlock) ids = new int[LongestBlock];
            hash.AppendData(MemoryMarshal.AsBytes(corpus.Read(block, ids)));
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Number of steps: words and ends of sentences.</summary>
    internal long Count => _starts[^1];

    /// <summary>SHA-256 of the ids: what tells two texts of equal length apart.</summary>
    internal string Sha256 { get; }

    /// <summary>The most steps of a block.</summary>
    internal int LongestBlock { get; }

    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">Cuts it to words.</param>
    /// <param name="words">Gives them their ids.</param>
    /// <param name="unknown">The id of all others.</param>
    /// <param name="workers">Threads that tokenize.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorpusException">The corpus cannot be read, or has no words.</exception>
    internal static SentenceRing Create(ICorpus corpus, IWordTokenizer tokenizer, WordVocabulary words, int unknown, int workers, CancellationToken cancellationToken)
    {
        EncodedCorpus encoded = EncodedCorpus.Encode(corpus, tokenizer, words, BlockWords, workers, unknown, cancellationToken);
        try
        {
            if (encoded.BlockCount == 0) throw new CorpusException("The corpus has no words: it is empty, or the tokenizer finds no word in it.");
            return new SentenceRing(encoded);
        }
        catch
        {
            encoded.Dispose();
            throw;
        }
    }

    /// <summary>The block of a step.</summary>
    /// <param name="step">0 to <see cref="Count"/> − 1.</param>
    internal int BlockOf(long step)
    {
        int place = Array.BinarySearch(_starts, step);
        return place >= 0 ? place : ~place - 1;
    }

    /// <summary>The first step of a block.</summary>
    internal long StartOf(int block) => _starts[block];

    /// <summary>Reads the words of a block, with <see cref="EncodedCorpus.SentenceEnd"/> behind each sentence.</summary>
    internal Span<int> Read(int block, Span<int> ids) => _corpus.Read(block, ids);

    internal void RequireSteps(long least, string use)
    {
        if (Count < least)
        {
            throw new CorpusException(string.Create(CultureInfo.InvariantCulture,
                $"The corpus for {use} has {Count} words and ends of sentences; its streams read {least} in one batch. Give more text, or fewer or shorter streams (TrainingOptions.BatchSize, ElmoPretrainer.UnrollSteps)."));
        }
    }

    public void Dispose() => _corpus.Dispose();
}
