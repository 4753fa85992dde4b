using NlpPretrain.Layers;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests.Uses;

public class ElmoEmbedderTests
{
    private static readonly string[][] Sentences = [["the", "cat", "sat"], ["苹果"], ["a", "cat", "ate", "the", "苹果", "and", "the", "cat", "sat"], ["cat", "cat"]];

    private static readonly ElmoVocabulary Vocabulary = ElmoVocabulary.Create(WordVocabulary.Create(["the", "cat", "苹果", "sat"]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sentence_has_its_vectors_whatever_the_batch(bool hasCharacters)
    {
        ElmoEmbedder embedder = new(Create(hasCharacters), Vocabulary);
        float[][] alone = [.. Sentences.Select(words => embedder.Embed(words).Values.ToArray())];
        for (int time = 0; time < 2; time++)
        {
            IReadOnlyList<ElmoVectors> together = embedder.EmbedBatch(Sentences);
            for (int i = 0; i < alone.Length; i++) together[i].Values.ToArray().Should().Equal(alone[i]);
        }

        embedder.EmbedBatch([.. Enumerable.Range(0, 200).Select(i => Sentences[i % 4])]).Select((vectors, i) => vectors.Values.SequenceEqual(alone[i % 4])).Should().NotContain(false);
        embedder.EmbedBatch([]).Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Vectors_are_those_of_the_model_without_begin_and_end(bool hasCharacters)
    {
        ElmoModel model = Create(hasCharacters);
        ElmoVectors vectors = new ElmoEmbedder(model, Vocabulary).Embed(Sentences[0]);
        (vectors.Layers, vectors.Width, vectors.Words).Should().Be((3, 12, Sentences[0]));
        float[] all = TinyElmo.Alone(model, new ElmoTokens(model.Config, Vocabulary).Encode(Sentences[0]));
        vectors.Values.ToArray().Should().Equal([.. Enumerable.Range(0, 3).SelectMany(layer => all.Skip((layer * 5 + 1) * 12).Take(36))]);

        vectors.Layer(1).ToArray().Should().Equal(vectors.Values[36..72].ToArray());
        vectors.Top.ToArray().Should().Equal(vectors.Values[72..].ToArray());
        vectors[2, 1].ToArray().Should().Equal(vectors.Values[84..96].ToArray());
        float[] mean = vectors.Average();
        for (int i = 0; i < 36; i++) mean[i].Should().BeApproximately((vectors.Layer(0)[i] + vectors.Layer(1)[i] + vectors.Layer(2)[i]) / 3, 1e-6f);
        FluentActions.Invoking(() => vectors.Layer(3).ToArray()).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Layer 3 is not one of the 3, counted from 0 for the tokens' own.*");
        FluentActions.Invoking(() => vectors[0, 3].ToArray()).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Word 3 is not one of the sentence's 3, counted from 0.*");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cached_vectors_have_the_bits_of_computed_ones(bool knowsAll)
    {
        ElmoModel model = Create(hasCharacters: true);
        ElmoTokenCache cache = new(model, knowsAll ? [.. Sentences.SelectMany(words => words)] : ["cat", "other", "cat", "sat"]);
        cache.Count.Should().Be(knowsAll ? 9 : 5);
        IReadOnlyList<ElmoVectors> computed = new ElmoEmbedder(model).EmbedBatch(Sentences), cached = new ElmoEmbedder(model, cache: cache).EmbedBatch(Sentences);
        for (int i = 0; i < Sentences.Length; i++) cached[i].Values.ToArray().Should().Equal(computed[i].Values.ToArray());

        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.Contains("tokens.", StringComparison.Ordinal))) parameter.Data.Clear();
        new ElmoEmbedder(model, cache: cache).Embed(["cat", "sat"]).Values.ToArray().Should().Equal(new ElmoEmbedder(Create(hasCharacters: true)).Embed(["cat", "sat"]).Values.ToArray());
    }

    [Fact]
    public void A_large_cache_has_the_vectors_of_all_words()
    {
        ElmoModel model = Create(hasCharacters: true);
        string[] words = [.. Enumerable.Range(0, 1500).Select(i => $"w{i}")];
        IReadOnlyList<ElmoVectors> cached = new ElmoEmbedder(model, cache: new(model, words)).EmbedBatch([words[400..700], words[1000..1100]]), computed = new ElmoEmbedder(model).EmbedBatch([words[400..700], words[1000..1100]]);
        for (int i = 0; i < 2; i++) cached[i].Values.ToArray().Should().Equal(computed[i].Values.ToArray());
    }

    [Fact]
    public void The_context_changes_the_upper_layers_only()
    {
        IReadOnlyList<ElmoVectors> vectors = new ElmoEmbedder(Create(hasCharacters: true)).EmbedBatch([["a", "cat", "sat"], ["the", "cat", "ate"]]);
        vectors[0][0, 1].ToArray().Should().Equal(vectors[1][0, 1].ToArray());
        for (int layer = 1; layer < 3; layer++)
        {
            foreach (Range direction in new[] { ..6, 6.. }) vectors[0][layer, 1][direction].ToArray().Should().NotEqual(vectors[1][layer, 1][direction].ToArray());
        }
    }

    [Fact]
    public void States_are_carried_where_they_are_given_and_nowhere_else()
    {
        ElmoModel model = Create(hasCharacters: true);
        ElmoEmbedder embedder = new(model);
        ElmoStates states = new(model.Config, 2);
        string[][] sentences = Sentences[..2];
        float[][] first = Values(embedder.EmbedNext(sentences, states)), second = Values(embedder.EmbedNext(sentences, states)), without = Values(embedder.EmbedBatch(sentences));
        for (int i = 0; i < 2; i++)
        {
            first[i].Should().Equal(without[i]);
            second[i].Should().NotEqual(first[i]);
        }

        static float[][] Values(IReadOnlyList<ElmoVectors> vectors) => [.. vectors.Select(one => one.Values.ToArray())];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_learned_mix_is_applied(bool normalizes)
    {
        ElmoEmbedder embedder = new(Create(hasCharacters: true));
        ScalarMix mix = new(3, new(1), normalizes);
        TinyElmo.Randomize(mix);
        double[] shares = [.. mix.Parameters[0].Data.ToArray().Select(weight => Math.Exp(weight))];
        double gamma = mix.Parameters[1].Data[0];
        IReadOnlyList<float[]> mixed = embedder.Mix(mix, Sentences);
        IReadOnlyList<ElmoVectors> vectors = embedder.EmbedBatch(Sentences);
        for (int i = 0; i < Sentences.Length; i++)
        {
            mixed[i].Should().HaveCount(12 * Sentences[i].Length);
            for (int word = 0; word < Sentences[i].Length; word++)
            {
                double[][] layers = [.. Enumerable.Range(0, 3).Select(layer => Normalized(vectors[i][layer, word].ToArray(), normalizes))];
                for (int k = 0; k < 12; k++)
                    ((double)mixed[i][word * 12 + k]).Should().BeApproximately(gamma * layers.Select((layer, j) => shares[j] * layer[k]).Sum() / shares.Sum(), 1e-5);
            }
        }

        static double[] Normalized(float[] vector, bool normalizes)
        {
            if (!normalizes) return [.. vector.Select(value => (double)value)];
            double mean = vector.Average(value => (double)value), deviation = Math.Sqrt(vector.Average(value => (value - mean) * (value - mean)));
            return [.. vector.Select(value => (value - mean) / deviation)];
        }
    }

    [Fact]
    public async Task Several_threads_may_embed_at_once()
    {
        ElmoModel model = Create(hasCharacters: true);
        ElmoEmbedder embedder = new(model, cache: new(model, ["cat"]));
        float[] expected = embedder.Embed(Sentences[2]).Values.ToArray();
        bool[] equal = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => embedder.EmbedBatch(Sentences)[2].Values.SequenceEqual(expected))));
        equal.Should().NotContain(false);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        ElmoModel characters = Create(hasCharacters: true), words = Create(hasCharacters: false);
        ElmoEmbedder embedder = new(characters);
        Refused(() => embedder.Embed([]), "Sentence 0 is empty; the model needs at least one word of it.*");
        Refused(() => embedder.EmbedBatch([["a"], []]), "Sentence 1 is empty; the model needs at least one word of it.*");
        Refused(() => embedder.EmbedBatch([["a"], null!]), "Sentence 1 is null; the model needs at least one word of it.*");
        Refused(() => embedder.EmbedBatch([["a", ""]]), "Word 1 of the sentence is empty; a word has at least one character.*");
        Refused(() => embedder.EmbedNext([["a"]], new ElmoStates(characters.Config, 2)), "The states are of 2 sequences and the batch has 1; states belong to a batch of their size (ElmoStates.Sequences).*");
        Refused(() => embedder.Mix(new ScalarMix(2, new(1)), [["a"]]), "3 layers need the weights [3], one each, not [2].*");
        Refused(() => _ = new ElmoEmbedder(words), "This model reads words as ids of its vocabulary, and none was given (ElmoConfig.Characters).*");
        Refused(() => _ = new ElmoTokenCache(words, ["a"]), "This model reads words as ids of a table, which is as fast as a cache would be;*(ElmoConfig.Characters).*");
        Refused(() => _ = new ElmoEmbedder(words, Vocabulary, new(characters, ["a"])), "The cache has vectors of 6 values for words of 9 characters; the model has 6 and words as ids. Create it with this model.*");

        static void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);
    }

    private static ElmoModel Create(bool hasCharacters) => TinyElmo.Create(TinyElmo.Of(hasCharacters) with { VocabularySize = 7 }).Model;
}
