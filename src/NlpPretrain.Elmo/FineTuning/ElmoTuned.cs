using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo;

/// <summary>What the tuned models of all tasks are made of: the model, "elmo", the mix of its layers, "mix", and the head, "head".</summary>
internal sealed class ElmoTuned : Layer
{
    public const string ModelName = "elmo", MixName = "mix", HeadName = "head";

    private const ulong HeadSeed = 0x48454144;

    private readonly ElmoHead _head;

    /// <param name="model">The model, which is changed.</param>
    /// <param name="form">The head's form.</param>
    /// <param name="dropout">The part of the mixed vectors that training drops.</param>
    /// <param name="normalizes">Whether the vectors of each layer are normalized before they are mixed.</param>
    /// <param name="inputs">The form of the inputs.</param>
    /// <param name="seed">Seed of the head.</param>
    public ElmoTuned(ElmoModel model, ElmoHeadForm form, float dropout, bool normalizes, ElmoInputs inputs, ulong seed)
    {
        (Form, VectorDropout, Normalizes, Inputs) = (form, dropout, normalizes, inputs);
        RandomStreams random = new(seed ^ HeadSeed);
        Model = Add(ModelName, model);
        Mix = Add(MixName, new ScalarMix(model.Config.Layers + 1, random, normalizes));
        _head = Add(HeadName, form.Create(2 * model.Config.Projection, random));
        Predictor = new ElmoPredictor(this);
    }

    public ElmoModel Model { get; }

    public ScalarMix Mix { get; }

    /// <summary>w of the mix, before their softmax, [L + 1].</summary>
    public Parameter MixWeights => Mix.Parameters[0];

    public ElmoHeadForm Form { get; }

    public float VectorDropout { get; }

    public bool Normalizes { get; }

    public ElmoInputs Inputs { get; }

    public ElmoPredictor Predictor { get; }

    /// <summary>Copies the pretrained model and puts a new mix and head on it.</summary>
    public static ElmoTuned Create(ElmoModel pretrained, ElmoVocabulary? vocabulary, IWordTokenizer tokenizer, ElmoTuningOptions options, ElmoHeadKind kind, int outputs, bool hasHeldOut, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(pretrained);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(hasHeldOut);
        ElmoConfig config = pretrained.Config with { Dropout = 0 };
        ElmoInputs inputs = new(config, vocabulary, tokenizer, options.MaxLength);
        return new ElmoTuned(pretrained.Copy(config), new(kind, outputs, options.HeadCells, options.ClassifierDropout), options.VectorDropout, options.NormalizesLayers, inputs, seed);
    }

    /// <summary>The head's scores.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="keeps">Whether the vectors of the model's layers are kept for the next time.</param>
    /// <returns>[B, K], or [N, K] of the last text's places.</returns>
    public Tensor Scores(Pass pass, ElmoTaskBatch batch, bool keeps = false)
    {
        Tensor first = Vectors(pass, batch.Texts[0], keeps);                                     // [N, 2P]
        return batch.Texts.Length == 1 ? _head.Scores([first], batch.Texts) : _head.Scores([first, Vectors(pass, batch.Texts[1], keeps)], batch.Texts);
    }

    private Tensor Vectors(Pass pass, ElmoTexts texts, bool keeps) => Mix.Forward(texts.Layers(pass, Model, keeps)).Dropout(VectorDropout);
}
