using NlpPretrain.Initialization;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>A Word2Vec model: a vector for each word, and the output rows that it is trained against.</summary>
public sealed partial class Word2VecModel
{
    private const ulong InitializationStream = 0;

    private Word2VecModel(Word2VecConfig config, WordVocabulary vocabulary, Matrix inputs, Matrix? outputs)
    {
        (Config, Vocabulary, Inputs) = (config, vocabulary, inputs);
        Sampling = new Sampling(config, vocabulary);
        Outputs = outputs ?? new Matrix(Sampling.OutputRows, config.Dimensions);
    }

    /// <summary>The architecture.</summary>
    public Word2VecConfig Config { get; }

    /// <summary>The words; a word's id is its row of <see cref="Inputs"/>.</summary>
    public WordVocabulary Vocabulary { get; }

    /// <summary>v: the word vectors, [V, D].</summary>
    public Matrix Inputs { get; }

    /// <summary>v′: with negative sampling the output vector of each word, [V, D]; with hierarchical softmax that of each inner node, [V − 1, D].</summary>
    public Matrix Outputs { get; }

    internal Sampling Sampling { get; }

    /// <summary>The word vectors, to query and to save.</summary>
    /// <param name="share">
    /// False, the default: a copy of its own. True: the model's memory, for a model too large to hold twice; train it no further while the vectors are in use.
    /// </param>
    public WordVectors ToWordVectors(bool share = false)
    {
        long[] counts = [.. Enumerable.Range(0, Vocabulary.Count).Select(Vocabulary.CountOf)];
        return new WordVectors(Vocabulary.Words, share ? Inputs : Copy(Inputs), counts);
    }

    /// <summary>Creates a model: word vectors uniform in ±1/D, output rows zero.</summary>
    /// <remarks>Differs: the original program starts in ±1/(2·D); twice that, as gensim has it, gives better analogies on small corpora.</remarks>
    /// <param name="config">The architecture.</param>
    /// <param name="vocabulary">The words, at least one.</param>
    /// <param name="seed">Seed of the vectors.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    internal static Word2VecModel Create(Word2VecConfig config, WordVocabulary vocabulary, ulong seed)
    {
        config.Validate();
        Matrix inputs = new(vocabulary.Count, config.Dimensions);
        for (int word = 0; word < vocabulary.Count; word++) Initialize(inputs[word], seed, word);
        return new Word2VecModel(config, vocabulary, inputs, outputs: null);
    }

    /// <summary>A model that knows more words: known words keep their vectors, new ones start as in a new model.</summary>
    /// <remarks>
    /// The counts of the larger vocabulary decide the noise distribution, subsampling and tree from here on. A Huffman tree over other words has other
    /// inner nodes, so with hierarchical softmax the output rows start from zero.
    /// </remarks>
    /// <param name="extended">This model's words, with the same ids, followed by new ones: see <see cref="WordVocabulary.Extend"/>.</param>
    /// <param name="seed">Seed of the new vectors.</param>
    /// <exception cref="ArgumentException">A word of this model is missing or has another id.</exception>
    public Word2VecModel WithVocabulary(WordVocabulary extended, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(extended);
        for (int word = 0; word < Vocabulary.Count; word++)
        {
            if (word >= extended.Count || extended[word] != Vocabulary[word])
                throw new ArgumentException($"Word {word} of this model is '{Vocabulary[word]}', and of the extended vocabulary " +
                    $"{(word < extended.Count ? $"'{extended[word]}'" : "missing")}; extend this model's own vocabulary (WordVocabulary.Extend).", nameof(extended));
        }

        Word2VecModel model = Create(Config, extended, seed);
        Inputs.Padded.CopyTo(model.Inputs.Padded);
        if (Config.Objective == Word2VecObjective.NegativeSampling) Outputs.Padded.CopyTo(model.Outputs.Padded);
        return model;
    }

    private static Matrix Copy(Matrix source)
    {
        Matrix copy = new(source.Rows, source.Columns);
        source.Padded.CopyTo(copy.Padded);
        return copy;
    }

    private static void Initialize(Span<float> vector, ulong seed, int word)
    {
        RandomStream random = new(seed, InitializationStream, (ulong)word);
        for (int i = 0; i < vector.Length; i++) vector[i] = (2 * random.Uniform((ulong)i) - 1) / vector.Length;
    }
}
