using System.Text.Json;
using System.Text.Json.Serialization;
using NlpPretrain.Serialization;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <content>The model's folder: config.json, model.safetensors and vocabulary.txt.</content>
public sealed partial class Word2VecModel
{
    private const string ConfigFile = "config.json", WeightsFile = "model.safetensors", VocabularyFile = "vocabulary.txt";
    private const string InputsName = "word_vectors.weight", OutputsName = "output_vectors.weight";

    /// <summary>Writes the model to a folder: everything that training needs to go on. For the word vectors alone see <see cref="ToWordVectors"/>.</summary>
    /// <param name="folder">The folder; created when absent, and its files of these names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ConfigFile), JsonSerializer.SerializeToUtf8Bytes(Word2VecConfigFile.From(Config), Word2VecJson.Default.Word2VecConfigFile));
        Vocabulary.Save(Path.Combine(folder, VocabularyFile));
        SafeTensors.Write(Path.Combine(folder, WeightsFile), [SafeTensor.FromMatrix(InputsName, Inputs), SafeTensor.FromMatrix(OutputsName, Outputs)]);
    }

    /// <summary>Reads a model from the folder that <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelFormatException">A file is malformed, or the files do not belong together.</exception>
    /// <exception cref="CorpusException">The vocabulary is malformed.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static Word2VecModel Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Word2VecConfig config = LoadConfig(Path.Combine(folder, ConfigFile));
        WordVocabulary vocabulary = WordVocabulary.Load(Path.Combine(folder, VocabularyFile));
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path.Combine(folder, WeightsFile));
        int outputRows = config.Objective == Word2VecObjective.HierarchicalSoftmax ? Math.Max(vocabulary.Count - 1, 1) : vocabulary.Count;
        reader.Require(InputsName, vocabulary.Count, config.Dimensions);
        reader.Require(OutputsName, outputRows, config.Dimensions);
        return new Word2VecModel(config, vocabulary, reader.ReadMatrix(InputsName), reader.ReadMatrix(OutputsName));
    }

    /// <summary>Takes the weights of a saved model of the same config and words.</summary>
    internal void CopyFrom(Word2VecModel saved, string folder)
    {
        if (saved.Config != Config)
            throw new ArgumentException($"The checkpoint '{folder}' has another config than the model; resume with the config that it was written with: {saved.Config}.");
        if (!saved.Vocabulary.Words.SequenceEqual(Vocabulary.Words))
            throw new ArgumentException($"The checkpoint '{folder}' has other words than the model; resume with the vocabulary that it was written with.");

        saved.Inputs.Padded.CopyTo(Inputs.Padded);
        saved.Outputs.Padded.CopyTo(Outputs.Padded);
    }

    private static Word2VecConfig LoadConfig(string path)
    {
        try
        {
            Word2VecConfigFile file = JsonSerializer.Deserialize(File.ReadAllBytes(path), Word2VecJson.Default.Word2VecConfigFile)
                ?? throw new ModelFormatException(path, "config", "an object", "null");
            if (file.ModelType != Word2VecConfigFile.Word2Vec) throw new ModelFormatException(path, "model_type", Word2VecConfigFile.Word2Vec, file.ModelType);
            Word2VecConfig config = file.ToConfig();
            config.Validate();
            return config;
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new ModelFormatException(path, "config", "the config of a Word2Vec model", cause.Message, innerException: cause);
        }
    }
}

/// <summary>What config.json holds.</summary>
internal sealed record Word2VecConfigFile(
    string ModelType, Word2VecArchitecture Architecture, Word2VecObjective Objective, int Dimensions, int Window, bool ShrinkWindow,
    CbowCombination CbowCombination, int NegativeSamples, double NoiseExponent, NoiseSharing NoiseSharing, double Subsampling)
{
    internal const string Word2Vec = "word2vec";

    internal static Word2VecConfigFile From(Word2VecConfig config) => new(
        Word2Vec, config.Architecture, config.Objective, config.Dimensions, config.Window, config.ShrinkWindow,
        config.CbowCombination, config.NegativeSamples, config.NoiseExponent, config.NoiseSharing, config.Subsampling);

    internal Word2VecConfig ToConfig() => new()
    {
        Architecture = Architecture,
        Objective = Objective,
        Dimensions = Dimensions,
        Window = Window,
        ShrinkWindow = ShrinkWindow,
        CbowCombination = CbowCombination,
        NegativeSamples = NegativeSamples,
        NoiseExponent = NoiseExponent,
        NoiseSharing = NoiseSharing,
        Subsampling = Subsampling,
    };
}

/// <summary>How far a run was when its checkpoint was written, and what it has to be resumed with.</summary>
internal sealed record Word2VecRunFile(long Step, long TotalSteps, ulong Seed, long CorpusWords);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Word2VecConfigFile))]
[JsonSerializable(typeof(Word2VecRunFile))]
internal sealed partial class Word2VecJson : JsonSerializerContext;
