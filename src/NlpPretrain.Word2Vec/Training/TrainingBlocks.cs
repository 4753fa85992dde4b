using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Word2Vec;

/// <summary>The blocks of a whole run, epoch after epoch, and the learning rate of each: pure functions of the block's number.</summary>
internal sealed class TrainingBlocks(EncodedCorpus corpus, long count, ulong seed, double peakRate, LearningRateSchedule schedule)
{
    internal EncodedCorpus Corpus => corpus;

    internal ulong Seed => seed;

    internal long Count => count;

    internal int InCorpus(long block) => (int)(block % corpus.BlockCount);

    internal long WordsBefore(long block) => block / corpus.BlockCount * corpus.WordCount + corpus.WordsBefore(InCorpus(block));

    internal double RateAt(long block) => peakRate * schedule((double)WordsBefore(block) / WordsBefore(count));
}
