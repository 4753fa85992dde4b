using NlpPretrain.Initialization;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec.Tests.Training;

public sealed class SamplingTests
{
    [Theory]
    [InlineData(0.75)]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void Noise_words_come_in_proportion_to_their_powered_counts(double exponent)
    {
        WordVocabulary vocabulary = Samples.Vocabulary(Samples.Corpus());
        NoiseDistribution noise = new(vocabulary, exponent);
        const int Draws = 400_000;
        int[] drawn = new int[vocabulary.Count];
        RandomStream random = new(5);
        for (int i = 0; i < Draws; i++) drawn[noise.Draw(random[(ulong)i])]++;

        double total = Enumerable.Range(0, vocabulary.Count).Sum(i => Math.Pow(vocabulary.CountOf(i), exponent));
        for (int word = 0; word < vocabulary.Count; word++)
        {
            double p = Math.Pow(vocabulary.CountOf(word), exponent) / total;
            ((double)drawn[word]).Should().BeApproximately(Draws * p, 5 * Math.Sqrt(Draws * p * (1 - p)) + 1);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(60)]
    public void The_tree_is_a_prefix_code_of_the_least_mean_length(int words)
    {
        WordVocabulary vocabulary = Samples.Vocabulary(Samples.Corpus(words: words));
        HuffmanTree tree = new(vocabulary);

        string[] codes = [.. Enumerable.Range(0, vocabulary.Count).Select(word => string.Concat(tree.BranchesTo(word).ToArray().Select(b => b ? '1' : '0')))];
        long length = 0;
        for (int a = 0; a < codes.Length; a++)
        {
            length += codes[a].Length * vocabulary.CountOf(a);
            tree.PathTo(a).Length.Should().Be(codes[a].Length);
            tree.PathTo(a).ToArray().Should().OnlyHaveUniqueItems();
            for (int b = 0; b < codes.Length; b++) (a != b && codes[b].StartsWith(codes[a], StringComparison.Ordinal)).Should().BeFalse();
        }

        PriorityQueue<long, long> heap = new(Enumerable.Range(0, vocabulary.Count).Select(i => (vocabulary.CountOf(i), vocabulary.CountOf(i))));
        long least = 0;
        while (heap.Count > 1)
        {
            long joined = heap.Dequeue() + heap.Dequeue();
            least += joined;
            heap.Enqueue(joined, joined);
        }

        length.Should().Be(least);
    }

    [Fact]
    public void Words_with_the_same_path_start_share_the_nodes_of_it()
    {
        HuffmanTree tree = new(Samples.Vocabulary(Samples.Corpus()));
        Dictionary<string, int> nodeOf = [];
        for (int word = 0; word < 50; word++)
        {
            string prefix = "";
            for (int i = 0; i < tree.PathTo(word).Length; i++)
            {
                if (!nodeOf.TryAdd(prefix, tree.PathTo(word)[i])) tree.PathTo(word)[i].Should().Be(nodeOf[prefix]);
                prefix += tree.BranchesTo(word)[i] ? '1' : '0';
            }
        }

        nodeOf.Values.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Frequent_words_are_thinned_out_by_the_original_formula()
    {
        WordVocabulary vocabulary = Samples.Vocabulary(Samples.Corpus());
        float[] keep = BlockPlan.KeepProbabilities(vocabulary, 0.01);
        for (int word = 0; word < vocabulary.Count; word++)
        {
            double f = (double)vocabulary.CountOf(word) / vocabulary.TotalWords;
            ((double)keep[word]).Should().BeApproximately((Math.Sqrt(f / 0.01) + 1) * 0.01 / f, 1e-4);
        }
    }

    [Fact]
    public void Windows_stay_in_their_sentence_and_noise_is_never_the_true_word()
    {
        InMemoryCorpus corpus = Samples.Corpus();
        WordVocabulary vocabulary = Samples.Vocabulary(corpus);
        Word2VecConfig config = new() { Dimensions = 4, Window = 3, Subsampling = 0 };
        using EncodedCorpus encoded = EncodedCorpus.Encode(corpus, Samples.Tokenizer, vocabulary, blockWords: 100);
        BlockPlan plan = new Sampling(config, vocabulary).CreatePlan();
        int[] reaches = new int[4];
        for (int block = 0; block < encoded.BlockCount; block++)
        {
            int[] ids = encoded.Read(block, new int[encoded.LengthOf(block)]).ToArray();
            List<int> sentences = [];
            int sentence = 0;
            foreach (int id in ids)
            {
                if (id < 0) sentence++;
                else sentences.Add(sentence);
            }

            plan.Draw(encoded, block, 1, (ulong)block);
            plan.Words.ToArray().Should().Equal(ids.Where(id => id >= 0));
            for (int position = 0; position < plan.Count; position++)
            {
                int start = plan.WindowStart(position), end = plan.WindowEnd(position);
                start.Should().BeInRange(position - 3, position);
                end.Should().BeInRange(position + 1, position + 4);
                sentences[start].Should().Be(sentences[position]);
                sentences[end - 1].Should().Be(sentences[position]);
                int[] outputs = plan.OutputsOf(position).ToArray();
                outputs.Should().HaveCount(6).And.OnlyHaveUniqueItems();
                outputs[0].Should().Be(plan.Words[position]);
                if (start > 0 && sentences[start - 1] == sentences[position]) reaches[position - start]++;
            }
        }

        reaches[1..].Should().OnlyContain(n => n > 200, "each reach from 1 to 3 is drawn as often");
    }
}
