using NlpPretrain.Layers;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>Vectors of words in their sentences, from every layer of an ELMo. Safe for use from several threads.</summary>
/// <remarks>
/// <para>A sentence's vectors are a function of it alone, to the bit, however many are computed together, unless states are given.</para>
/// <para>Source: Peters et al. 2018, section 3.2. Differs: bilm-tf carries states from one batch to the next always.</para>
/// </remarks>
public sealed class ElmoEmbedder
{
    private readonly ElmoModel _model;
    private readonly ElmoTokens _tokens;
    private readonly ElmoTokenCache? _cache;
    private readonly InferenceBatches<ElmoBatch> _batches;

    /// <summary>Creates it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="vocabulary">The vocabulary that the model was trained with; a model that reads characters needs none.</param>
    /// <param name="cache">The vectors of frequent words, computed before by the same model. Default null: all are computed from their characters.</param>
    /// <exception cref="ArgumentException">The model reads words as ids and there is no vocabulary or there is a cache, or the vocabulary is of another size than the model's.</exception>
    public ElmoEmbedder(ElmoModel model, ElmoVocabulary? vocabulary = null, ElmoTokenCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _tokens, _cache) = (model, new(model.Config, vocabulary), cache);
        ElmoModel.CheckCache(model.Config, cache);
        _batches = new(4 * model.Config.Cells, 2 * model.Config.Layers, () => new(model.Config));
    }

    /// <summary>The vectors of a sentence's words.</summary>
    /// <param name="words">The words, at least one; begin and end of the sentence are added and left out again.</param>
    /// <exception cref="ArgumentException">There are no words, or one is empty.</exception>
    public ElmoVectors Embed(IReadOnlyList<string> words) => EmbedBatch([words])[0];

    /// <summary>The vectors of the words of each sentence: what <see cref="Embed"/> gives, in less time.</summary>
    /// <param name="sentences">The sentences, of any lengths.</param>
    /// <param name="cancellationToken">Stops between two batches of sentences.</param>
    /// <exception cref="ArgumentException">A sentence has no words, or a word is empty.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<ElmoVectors> EmbedBatch(IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellationToken = default)
    {
        ElmoVectors[] vectors = new ElmoVectors[Count(sentences)];
        Run(sentences, (_, layers, row, sentence) => vectors[sentence] = Take(layers, row, sentences[sentence]), cancellationToken);
        return vectors;
    }

    /// <summary>The vectors of the words of sentences that go on where the ones before ended, such as parts of documents side by side: in one batch.</summary>
    /// <param name="sentences">As many as the states have sequences.</param>
    /// <param name="states">What the model knows before the sentences, and receives what it knows after them.</param>
    /// <exception cref="ArgumentException">A sentence has no words, a word is empty, or the states are of another model or number of sentences.</exception>
    public IReadOnlyList<ElmoVectors> EmbedNext(IReadOnlyList<IReadOnlyList<string>> sentences, ElmoStates states)
    {
        ArgumentNullException.ThrowIfNull(states);
        ElmoBatch batch = new(_model.Config);
        batch.Fill(Encode(sentences));
        using TensorArena arena = new();
        using Pass pass = Pass.Inference(arena);
        Tensor[] layers = _model.AllLayers(pass, batch, states, _cache);
        return [.. sentences.Select((words, row) => Take(layers, row, words))];
    }

    /// <summary>The vectors of the words of each sentence, mixed of all layers as a task has learned it.</summary>
    /// <param name="mix">The mix, of as many layers as the model has and 1.</param>
    /// <param name="sentences">The sentences, of any lengths.</param>
    /// <param name="cancellationToken">Stops between two batches of sentences.</param>
    /// <returns>[T, 2P] for each sentence.</returns>
    /// <exception cref="ArgumentException">A sentence has no words, a word is empty, or the mix is of another number of layers.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<float[]> Mix(ScalarMix mix, IReadOnlyList<IReadOnlyList<string>> sentences, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mix);
        float[][] vectors = new float[Count(sentences)][];
        Run(sentences, (mixed, _, row, sentence) => vectors[sentence] = Words(mixed, row, sentences[sentence].Count).ToArray(), cancellationToken, mix);
        return vectors;
    }

    private void Run(IReadOnlyList<IReadOnlyList<string>> sentences, Action<Tensor, Tensor[], int, int> take, CancellationToken cancellationToken, ScalarMix? mix = null)
    {
        int[][] encoded = Encode(sentences);
        _batches.Run([.. encoded.Select(numbers => (1, numbers.Length / _tokens.TokenSize))], Compute, cancellationToken);

        void Compute(Pass pass, ElmoBatch batch, ReadOnlySpan<int> examples)
        {
            int[][] chosen = new int[examples.Length][];
            for (int row = 0; row < chosen.Length; row++) chosen[row] = encoded[examples[row]];
            batch.Fill(chosen);
            Tensor[] layers = _model.AllLayers(pass, batch, states: null, _cache);               // [B, T, 2P] each
            Tensor mixed = mix?.Forward(layers) ?? layers[^1];
            for (int row = 0; row < chosen.Length; row++) take(mixed, layers, row, examples[row]);
        }
    }

    private static ElmoVectors Take(Tensor[] layers, int row, IReadOnlyList<string> words)
    {
        int width = layers[0].Shape.Columns, size = words.Count * width;
        float[] values = new float[layers.Length * size];
        for (int i = 0; i < layers.Length; i++) Words(layers[i], row, words.Count).CopyTo(values.AsSpan(i * size));
        return new(words, layers.Length, width, values);
    }

    /// <summary>The vectors of a sentence's words in a layer, without those of its begin and end.</summary>
    private static Span<float> Words(Tensor layer, int row, int count)
    {
        (int time, int width) = (layer.Shape[1], layer.Shape[2]);
        return layer.Data.Slice((row * time + 1) * width, count * width);
    }

    private static int Count(IReadOnlyList<IReadOnlyList<string>> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return sentences.Count;
    }

    private int[][] Encode(IReadOnlyList<IReadOnlyList<string>> sentences)
    {
        int[][] encoded = new int[Count(sentences)][];
        for (int i = 0; i < encoded.Length; i++)
        {
            if (sentences[i] is not { Count: > 0 } words) throw new ArgumentException($"Sentence {i} is {(sentences[i] is null ? "null" : "empty")}; the model needs at least one word of it.", nameof(sentences));
            encoded[i] = _tokens.Encode(words);
        }

        return encoded;
    }
}
