using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>The vectors of words that depend on no context: rows of a table, "words.weight" [V, P], or made of the words' characters.</summary>
/// <remarks>
/// <para>x = W_p·highways(CNN(E[characters])) + b_p, without the projection where there are P filters.</para>
/// <para>Source: Peters et al. 2018, section 3.1; the order of highways and projection, and first values, from bilm-tf.</para>
/// <para>Parameters: "characters.weight" [261, D], "convolution.{i}", "highways.{i}", "projection.weight" [P, F] and "projection.bias" [P].</para>
/// </remarks>
public sealed class ElmoTokenLayer : Layer
{
    private readonly Embedding? _words, _characters;
    private readonly CharacterConvolution? _convolution;
    private readonly Highway[] _highways = [];
    private readonly Linear? _projection;
    private readonly int _mostCharacters;

    /// <summary>Creates the layer.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="random">Where first values come from.</param>
    /// <exception cref="ArgumentException">Words are read as ids, and there is no vocabulary's size.</exception>
    public ElmoTokenLayer(ElmoConfig config, RandomStreams random)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Characters is not { } characters)
        {
            int vocabulary = config.VocabularySize ?? throw new ArgumentException(
                "A model that reads words as ids needs the size of its vocabulary: give the number of the vocabulary's words (ElmoConfig.VocabularySize).", nameof(config));
            _words = Add("words", new Embedding(vocabulary, config.Projection, random, Initializers.XavierUniform));
            return;
        }

        int filters = characters.FilterCount;
        _mostCharacters = characters.MostCharacters;
        _characters = Add("characters", new Embedding(ElmoCharacters.Count, characters.EmbeddingSize, random, Initializers.Uniform(1)));
        _convolution = Add("convolution", new CharacterConvolution(characters.EmbeddingSize, characters.Filters, characters.Activation, random));
        _highways = new Highway[characters.Highways];
        for (int i = 0; i < _highways.Length; i++) _highways[i] = Add($"highways.{i}", new Highway(filters, random));
        if (filters != config.Projection) _projection = Add("projection", new Linear(filters, config.Projection, random, initializer: Initializers.Normal(Math.Sqrt(1.0 / filters))));
    }

    /// <summary>The vectors of tokens that were numbered by <see cref="Words"/>.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="words">What <see cref="Words"/> gave; default where words are read as ids.</param>
    /// <param name="tokens">Ids, or rows of <paramref name="words"/>.</param>
    /// <param name="shape">The shape of the tokens, such as [T, B].</param>
    /// <returns>[T, B, P]</returns>
    internal Tensor Forward(Pass pass, Tensor words, ReadOnlySpan<int> tokens, Shape shape) => (_words is null ? words : _words.Weight.AsTensor()).Embedding(pass, tokens, shape);

    /// <summary>The vectors of words by their characters.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="characters">[N, M] characters.</param>
    /// <returns>[N, P]</returns>
    internal Tensor Words(Pass pass, ReadOnlySpan<int> characters)
    {
        Tensor x = _characters!.Forward(pass, characters, new(characters.Length / _mostCharacters, _mostCharacters));       // [N, M, D]
        x = _convolution!.Forward(x);                                                                                      // [N, F]
        foreach (Highway highway in _highways) x = highway.Forward(x);
        return _projection is null ? x : _projection.Forward(x);                                                           // [N, P]
    }
}
