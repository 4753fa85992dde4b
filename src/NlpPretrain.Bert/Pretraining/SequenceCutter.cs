using NlpPretrain.Initialization;
using NlpPretrain.Text;

namespace NlpPretrain.Bert;

/// <summary>Cuts documents to pairs of segments: a few sentences, and those that follow them or some of another document.</summary>
/// <remarks>
/// <para>
/// Sentences are taken until they have as many tokens as the sequence is to have. A random number of them, at least one, is the first segment. By a coin the others are the second, or
/// they are put back, and sentences of a random other document are, from a random one on. A pair that is too long loses tokens of its longer segment, each at its front or its back.
/// </para>
/// <para>
/// Source: Devlin et al. 2019, section 3.1 and appendix A.2; google-research/bert, create_pretraining_data.py. Differs: there a document draws once how long its sequences are to be, here
/// each sequence does. There a sentence that fills its sequence alone has always a random second one, and so has the last of a document, so that more than half are random; here the first may be
/// followed by the next, both shortened, and the coin that the last could not follow goes to the next pair that can, so that half are true. And there the other document may by chance be the same.
/// </para>
/// </remarks>
internal sealed class SequenceCutter(SentenceFile file, BertDataOptions options, ulong seed)
{
    private const ulong CutStream = 0x42435554;

    private readonly int _most = options.SequenceLength - BertDataOptions.FrameTokens;
    private RandomStream _random;
    private ulong _drawn;
    private long _owed;

    /// <summary>All pairs: every document as often as the duplicate factor says.</summary>
    /// <remarks>At least two documents, and one of two sentences.</remarks>
    internal IEnumerable<SequencePair> Cut()
    {
        for (int duplicate = 0; duplicate < options.DuplicateFactor; duplicate++)
        {
            for (long document = 0; document < file.DocumentCount; document++)
            {
                _random = new RandomStream(seed, CutStream, (ulong)(duplicate * file.DocumentCount + document));
                _drawn = 0;
                long sentence = file.FirstSentenceOf(document), end = file.FirstSentenceOf(document + 1);
                while (sentence < end) yield return Next(document, end, ref sentence);
            }
        }
    }

    private SequencePair Next(long document, long end, ref long sentence)
    {
        int target = Uniform() < options.ShortSequenceProbability ? 2 + (int)Below(_most - 1) : _most;
        long past = Take(sentence, end, target), count = past - sentence;
        long cut = sentence + (count == 1 ? 1 : 1 + Below(count - 1));
        long first = file.StartOf(sentence), firstLength = file.StartOf(cut) - first;
        bool isNext = DrawNext(canBe: cut < end);
        if (isNext && cut == past) past++;
        (long from, long to) = isNext ? (cut, past) : TakeRandom(document, target - firstLength);
        sentence = isNext ? past : cut;
        long second = file.StartOf(from), secondLength = file.StartOf(to) - second;
        Truncate(ref first, ref firstLength, ref second, ref secondLength);
        return new SequencePair(first, (int)firstLength, second, (int)secondLength, isNext);
    }

    /// <summary>The sentences from one on, at least that one, until they have some tokens.</summary>
    /// <returns>Past the last of them.</returns>
    private long Take(long sentence, long end, long target)
    {
        long start = file.StartOf(sentence);
        do sentence++;
        while (sentence < end && file.StartOf(sentence) - start < target);
        return sentence;
    }

    private (long From, long To) TakeRandom(long document, long target)
    {
        long other = Below(file.DocumentCount - 1);
        if (other >= document) other++;
        long begin = file.FirstSentenceOf(other), end = file.FirstSentenceOf(other + 1), from = begin + Below(end - begin);
        return (from, Take(from, end, target));
    }

    private bool DrawNext(bool canBe)
    {
        bool coin = (Bits() >> 63) == 0;
        if (coin && !canBe) _owed++;
        if (coin || !canBe || _owed == 0) return coin && canBe;

        _owed--;
        return true;
    }

    private void Truncate(ref long first, ref long firstLength, ref long second, ref long secondLength)
    {
        while (firstLength + secondLength > _most)
        {
            bool isAtFront = (Bits() >> 63) == 0;
            if (firstLength > secondLength)
            {
                firstLength--;
                if (isAtFront) first++;
            }
            else
            {
                secondLength--;
                if (isAtFront) second++;
            }
        }
    }

    private ulong Bits() => _random[_drawn++];

    private float Uniform() => RandomStream.ToUniform(Bits());

    private long Below(long exclusiveMaximum) => (long)Math.BigMul(Bits(), (ulong)exclusiveMaximum, out _);
}
