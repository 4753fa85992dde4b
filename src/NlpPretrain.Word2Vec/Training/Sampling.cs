using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec;

/// <summary>What a config and a vocabulary determine before training: the noise distribution or the tree, and the subsampling probabilities.</summary>
internal sealed class Sampling(Word2VecConfig config, WordVocabulary vocabulary)
{
    private readonly NoiseDistribution? _noise =
        config.Objective == Word2VecObjective.NegativeSampling ? new(vocabulary, config.NoiseExponent) : null;

    private readonly float[] _keepProbabilities = BlockPlan.KeepProbabilities(vocabulary, config.Subsampling);

    internal HuffmanTree? Tree { get; } = config.Objective == Word2VecObjective.HierarchicalSoftmax ? new(vocabulary) : null;

    internal int OutputRows => Tree?.NodeCount ?? vocabulary.Count;

    internal BlockPlan CreatePlan() => new(config, _noise, Tree, _keepProbabilities);

    internal BlockTrainer CreateTrainer() => new(config, Tree);
}
