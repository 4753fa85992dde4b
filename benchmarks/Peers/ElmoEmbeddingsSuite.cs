using System.Diagnostics;
using System.Globalization;
using NlpPretrain.Benchmarks.Roofline;
using NlpPretrain.Elmo;
using TorchTensor = TorchSharp.torch.Tensor;

namespace NlpPretrain.Peers;

/// <summary>The vectors of all layers for 1,000 sentences on both sides in turn, with random weights.</summary>
/// <remarks>
/// Ours are what a user calls, from words to vectors of each sentence. libtorch's begin with ids and end with the vectors of a batch; batches are of sentences of like lengths, and the
/// fastest of its ways counts. It computes the different words of a batch once each, as ours do.
/// </remarks>
internal static class ElmoEmbeddingsSuite
{
    private const int Sentences = 1_000, QuickSentences = 250, LeastWords = 5, MostWords = 40, SentencesAtOnce = 32, Vocabulary = 10_000, SettlingMilliseconds = 3;
    private const float Tolerance = 1e-4f;

    public static void Run(bool quick, bool ofCharacters)
    {
        string[][] sentences = WikiText.Sentences(quick ? QuickSentences : Sentences, LeastWords, MostWords);
        ElmoVocabulary vocabulary = ElmoVocabulary.Create(WikiText.Frequent(Vocabulary));
        ElmoConfig config = ElmoConfig.Mini with
        {
            Characters = ofCharacters ? ElmoConfig.Small.Characters : null, CellLimit = float.PositiveInfinity, ProjectionLimit = float.PositiveInfinity, VocabularySize = vocabulary.Count,
        };
        ElmoModel model = new(config, seed: 1);
        ElmoEmbedder ours = new(model, vocabulary);
        TorchElmo torch = new(config, model.Parameters.ToDictionary(parameter => parameter.Name, TorchBuild.Copy));
        TorchElmoBatch[] batches = Batches(config, vocabulary, sentences);
        TorchEmbedder[] theirs = [.. new[] { (true, false), (true, true), (false, false), (false, true) }.Select(way => new TorchEmbedder(torch, batches, way.Item1, way.Item2))];
        Check(ours.EmbedBatch(sentences), theirs);

        int rounds = quick ? 3 : 11;
        double[] our = new double[rounds];
        double[][] their = [.. theirs.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            double mine = Time(() => ours.EmbedBatch(sentences));
            double[] others = [.. theirs.Select(way => Time(() => way.Run()))];
            if (round < 0) continue;
            our[round] = mine;
            for (int way = 0; way < others.Length; way++) their[way][round] = others[way];
        }

        double peak = Peak(), operations = Operations(config, batches);
        Print($"{sentences.Length} sentences, {sentences.Sum(words => words.Length)} words: {operations / 1e9:F0} GFLOP, without padding; {peak / 1e9:F0} GFLOP/s of fused multiply-adds; {rounds} rounds");
        PrintTime("ours", our);
        for (int way = 0; way < theirs.Length; way++) PrintTime($"libtorch, {theirs[way].Name}", their[way]);
        Print($"RATIO elmo-embeddings/{(ofCharacters ? "characters" : "words")}-{TorchBuild.Name} {their.Min(Median) / Median(our):F2} goal {(TorchBuild.IsShipped ? 2 : 1.3)}");

        void PrintTime(string name, double[] times) =>
            Print($"  {name}: {Median(times) * 1e3:F0} ms (best {times.Min() * 1e3:F0}), {operations / Median(times) / 1e9:F0} GFLOP/s, {operations / Median(times) / peak:P0} of the peak");
    }

    private static TorchElmoBatch[] Batches(ElmoConfig config, ElmoVocabulary vocabulary, string[][] sentences)
    {
        ElmoTokens tokens = new(config, vocabulary);
        ElmoBatch filled = new(config);
        return
        [
            .. Enumerable.Range(0, sentences.Length).OrderByDescending(sentence => sentences[sentence].Length).Chunk(SentencesAtOnce).Select(chosen =>
            {
                filled.Fill([.. chosen.Select(sentence => tokens.Encode(sentences[sentence]))]);
                return new TorchElmoBatch(filled, chosen);
            }),
        ];
    }

    private static void Check(IReadOnlyList<ElmoVectors> ours, TorchEmbedder[] theirs)
    {
        foreach (TorchEmbedder way in theirs)
        {
            way.Run((batch, layers) =>
            {
                for (int row = 0; row < batch.Sentences.Length; row++)
                {
                    ElmoVectors mine = ours[batch.Sentences[row]];
                    for (int layer = 0; layer < layers.Length; layer++)
                    {
                        TorchTensor other = layers[layer][row].narrow(0, 1, batch.Lengths[row] - 2).contiguous();       // without begin and end
                        float difference = mine.Layer(layer).ToArray().Zip(other.data<float>().ToArray(), (a, b) => Math.Abs(a - b)).Max();
                        if (!(difference <= Tolerance))
                            throw new InvalidOperationException($"Layer {layer} of sentence {batch.Sentences[row]} differs by {difference} ({way.Name}); what is timed would not be the same work.");
                    }
                }
            });
        }
    }

    /// <summary>Of the products: those of the LSTMs for each token, and those of characters once for each different word of a batch of libtorch's.</summary>
    private static double Operations(ElmoConfig config, TorchElmoBatch[] batches)
    {
        double lstm = 2.0 * config.Cells * (4 * 2 * config.Projection + config.Projection), all = 2 * config.Layers * lstm * batches.Sum(batch => (double)batch.Lengths.Sum());
        if (config.Characters is not { } characters) return all;

        double filters = characters.Filters.Sum(filter => filter.Count);
        double word = 2 * (characters.Filters.Sum(filter => (characters.MostCharacters - filter.Width + 1.0) * filter.Width * characters.EmbeddingSize * filter.Count)
            + 2 * characters.Highways * filters * filters + filters * config.Projection);
        return all + word * batches.Sum(batch => (double)batch.Characters!.shape[0]);
    }

    private static double Peak()
    {
        int lanes = MultiplyAdds.MostLanes;
        double best = Enumerable.Range(0, 3).Min(_ => Time(() => Parallel.For(0, StepOptions.Threads, new ParallelOptions { MaxDegreeOfParallelism = StepOptions.Threads }, _ => MultiplyAdds.Run(lanes))));
        return StepOptions.Threads * MultiplyAdds.Operations(lanes) / best;
    }

    private static double Time(Action action)
    {
        Thread.Sleep(SettlingMilliseconds);                                                   // the other side's threads stop spinning
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
