using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using NlpPretrain.Elmo;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>Reads and writes the files that published ELMo models come in: options.json and weights in HDF5, as bilm-tf has them.</summary>
/// <remarks>
/// <para>
/// The weights have no softmax: bilm-tf leaves it out. Its LSTM adds 1 to the forget gate as it runs, this library's has the 1 in the bias; a written file has what single precision
/// cannot say of the difference in datasets "B_rest" of its own, which bilm-tf does not read, so that a model that was written and read back is equal to the bit.
/// </para>
/// <para>Source: bilm-tf, bilm/model.py and bilm/training.py.</para>
/// </remarks>
public static class BilmTfModel
{
    internal const string Reflection = "PureHDF, which reads and writes HDF5, makes generic methods by reflection.";

    /// <summary>Reads a model.</summary>
    /// <param name="optionsPath">options.json.</param>
    /// <param name="weightsPath">The weights, lm_weights.hdf5.</param>
    /// <param name="tokensPath">
    /// The vectors of a vocabulary's words, as <see cref="BilmTfEmbeddings.WriteTokens"/> and bilm-tf's dump_token_embeddings write them: the model then reads words as ids.
    /// Default null: the weights have what tokens are made of.
    /// </param>
    /// <exception cref="ModelFormatException">A file is malformed, or they disagree: the message names every dataset that is missing, too many or of another shape.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    [RequiresDynamicCode(Reflection)]
    [RequiresUnreferencedCode(Reflection)]
    public static ElmoModel Load(string optionsPath, string weightsPath, string? tokensPath = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(optionsPath);
        ArgumentException.ThrowIfNullOrEmpty(weightsPath);
        ElmoConfig config = BilmTfOptions.Read(optionsPath);
        using Hdf5Reader weights = Hdf5Reader.Open(weightsPath);
        using Hdf5Reader? tokens = tokensPath is null ? null : Hdf5Reader.Open(tokensPath);
        if (tokens is not null) config = config with { Characters = null, VocabularySize = null };
        if (config is { Characters: null, VocabularySize: null }) config = config with { VocabularySize = WordsOf(tokens ?? weights) };

        List<BilmTfDataset> ofTokens = [.. BilmTfLayout.TokensOf(config)];
        List<BilmTfDataset> ofWeights = [.. tokens is null ? ofTokens : [], .. BilmTfLayout.LstmsOf(config), .. BilmTfLayout.BiasRestsOf(config).Where(rest => weights.ShapeOf(rest.Name) is not null)];
        string options = Path.GetFileName(optionsPath);
        Agreement.Require(weights, ofWeights, options, tokens is null ? BilmTfLayout.IsOfModel : BilmTfLayout.IsOfLstms);
        if (tokens is not null) Agreement.Require(tokens, ofTokens, options, BilmTfLayout.IsOfModel);

        ElmoModel model = new(config, seed: 0);
        Dictionary<string, Parameter> parameters = ParametersOf(model);
        foreach (BilmTfDataset dataset in ofWeights) Read(weights, dataset, parameters);
        if (tokens is not null) ofTokens.ForEach(dataset => Read(tokens, dataset, parameters));
        return model;
    }

    /// <summary>Writes a model: bilm-tf and AllenNLP read it, and <see cref="Load"/> gives it back to the bit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optionsPath">options.json; one that is there is replaced.</param>
    /// <param name="weightsPath">The weights; a file that is there is replaced.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    [RequiresDynamicCode(Reflection)]
    [RequiresUnreferencedCode(Reflection)]
    public static void Save(ElmoModel model, string optionsPath, string weightsPath)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(optionsPath);
        ArgumentException.ThrowIfNullOrEmpty(weightsPath);
        Dictionary<string, Parameter> parameters = ParametersOf(model);
        List<BilmTfDataset> datasets =
        [
            .. BilmTfLayout.TokensOf(model.Config), .. BilmTfLayout.LstmsOf(model.Config),
            .. BilmTfLayout.BiasRestsOf(model.Config).Where(rest => Take(rest).AsSpan().ContainsAnyExcept(0f)),
        ];
        Hdf5Writer.Write(weightsPath, [.. datasets.Select(dataset => new Hdf5Entry(dataset.Name, dataset.Shape))], writer =>
        {
            for (int i = 0; i < datasets.Count; i++) writer.Write(i, Take(datasets[i]));
        });
        BilmTfOptions.Write(optionsPath, model.Config);

        float[] Take(BilmTfDataset dataset)
        {
            float[] values = new float[dataset.Size];
            dataset.Write(values, parameters);
            return values;
        }
    }

    /// <summary>The parameters by their names in the model itself; within a language model there is "elmo." before them.</summary>
    private static Dictionary<string, Parameter> ParametersOf(ElmoModel model)
    {
        int prefix = model.Parameters[0].Name.IndexOf("tokens.", StringComparison.Ordinal);
        return model.Parameters.ToDictionary(parameter => parameter.Name[prefix..]);
    }

    private static void Read(Hdf5Reader reader, BilmTfDataset dataset, Dictionary<string, Parameter> parameters)
    {
        float[] buffer = ArrayPool<float>.Shared.Rent((int)dataset.Size);
        Span<float> values = buffer.AsSpan(0, (int)dataset.Size);
        reader.Read(dataset.Name, values);
        dataset.Read(values, parameters);
        ArrayPool<float>.Shared.Return(buffer);
    }

    private static int WordsOf(Hdf5Reader reader) => reader.ShapeOf(BilmTfLayout.WordTable) switch
    {
        [> 0 and <= int.MaxValue and var words, _] => (int)words,
        { } shape => throw new ModelFormatException(reader.Path, $"dataset '{BilmTfLayout.WordTable}'", "a vector for each word", Agreement.Describe(shape)),
        null => throw new ModelFormatException(reader.Path, $"dataset '{BilmTfLayout.WordTable}'", "a vector for each word, as the model reads words as ids", "no such dataset"),
    };
}
