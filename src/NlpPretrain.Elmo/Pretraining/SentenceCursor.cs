using NlpPretrain.Text;

namespace NlpPretrain.Elmo;

/// <summary>Reads steps of a ring, for one stream: what each direction reads there and what it predicts. It keeps the block that it is in.</summary>
/// <param name="ring">The ring.</param>
/// <param name="vocabulary">Has the ids of begin and end of a sentence; a larger id than the vocabulary's is a word that is read and not predicted.</param>
internal sealed class SentenceCursor(SentenceRing ring, ElmoVocabulary vocabulary)
{
    private readonly int[] _block = new int[ring.LongestBlock];
    private int _number = -1, _length;

    /// <summary>Reads steps that follow each other.</summary>
    /// <param name="step">The first; behind the last step of the ring comes its first.</param>
    /// <param name="forward">What the forward direction reads, and how many steps.</param>
    /// <param name="next">What it predicts.</param>
    /// <param name="backward">What the backward direction reads.</param>
    /// <param name="before">What it predicts.</param>
    internal void Read(long step, Span<int> forward, Span<int> next, Span<int> backward, Span<int> before)
    {
        for (int done = 0; done < forward.Length;)
        {
            int offset = Find((step + done) % ring.Count);
            (int start, int end) = SentenceAt(offset);
            for (; done < forward.Length && offset <= end; done++, offset++)
            {
                int mirror = start + end - offset;                                  // the step as the backward direction counts
                forward[done] = offset == start ? vocabulary.BeginId : _block[offset - 1];
                next[done] = offset == end ? vocabulary.EndId : Target(_block[offset]);
                backward[done] = offset == start ? vocabulary.EndId : _block[mirror];
                before[done] = offset == end ? vocabulary.BeginId : Target(_block[mirror - 1]);
            }
        }
    }

    private int Target(int id) => id < vocabulary.Count ? id : vocabulary.UnknownId;

    /// <summary>The place of a step in its block, which is read.</summary>
    private int Find(long step)
    {
        if (_number < 0 || step < ring.StartOf(_number) || step >= ring.StartOf(_number) + _length)
        {
            _number = ring.BlockOf(step);
            _length = ring.Read(_number, _block).Length;
        }

        return (int)(step - ring.StartOf(_number));
    }

    /// <summary>The first step of a sentence, and the last, which is its end.</summary>
    private (int Start, int End) SentenceAt(int offset)
    {
        int start = _block.AsSpan(0, offset).LastIndexOf(EncodedCorpus.SentenceEnd) + 1;
        return (start, offset + _block.AsSpan(offset, _length - offset).IndexOf(EncodedCorpus.SentenceEnd));
    }
}
