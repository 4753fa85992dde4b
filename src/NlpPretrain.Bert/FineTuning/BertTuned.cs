using NlpPretrain.Initialization;
using NlpPretrain.Layers;
using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>What the tuned models of all tasks are made of: the model, the head behind a dropout, and the form of the inputs. Parameters have the names of Hugging Face's classes.</summary>
internal sealed class BertTuned : Layer
{
    private const ulong HeadSeed = 0x48454144;

    private readonly Linear _scores;

    /// <param name="model">The model, which is changed.</param>
    /// <param name="form">The head's form.</param>
    /// <param name="dropout">The part of the values before the head that training drops.</param>
    /// <param name="inputs">The form of the inputs.</param>
    /// <param name="seed">Seed of the head; null for one that a file fills.</param>
    public BertTuned(BertModel model, BertHeadForm form, float dropout, BertInputs inputs, ulong? seed)
    {
        (Form, Dropout, Inputs) = (form, form.HasDropout ? dropout : 0, inputs);
        Model = Add("bert", model);
        _scores = Add(form.Name, new Linear(model.Config.Width, form.Outputs, new RandomStreams((seed ?? 0) ^ HeadSeed), initializer: seed is null ? Initializers.Zeros : model.Config.Weights(), hasBias: form.HasBias));
        Predictor = new BertPredictor(this);
    }

    public BertModel Model { get; }

    public BertHeadForm Form { get; }

    public float Dropout { get; }

    public BertInputs Inputs { get; }

    public BertPredictor Predictor { get; }

    /// <summary>Copies the pretrained model and puts a new head on it.</summary>
    public static BertTuned Create(BertModel pretrained, Tokenizer tokenizer, BertTuningOptions options, BertHeadForm form, bool hasHeldOut, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(pretrained);
        ArgumentNullException.ThrowIfNull(options);
        BertConfig config = pretrained.Config;
        options.Validate(config, hasHeldOut);
        ModelFolder.RequireTokens(tokenizer, config.VocabularySize!.Value, nameof(BertConfig));
        BertInputs inputs = new(tokenizer, options.MaxLength ?? config.ContextLength, config.SegmentTypes);
        return new BertTuned(pretrained.Copy(config with { HasPooler = form.UsesPooler }, seed), form, options.ClassifierDropout, inputs, seed);
    }

    /// <summary>The head's scores of the places that it sees; the last block computes these alone.</summary>
    /// <param name="pass">The pass that computes.</param>
    /// <param name="batch">The sequences, with N places.</param>
    /// <returns>[N, K]</returns>
    public Tensor Scores(Pass pass, BertTaskBatch batch)
    {
        Tensor hidden = Model.HiddenAt(pass, batch.Ids, batch.Segments, batch.Shape, batch.Lengths, batch.Places);      // [N, C]
        return _scores.Forward((Form.UsesPooler ? Model.Pooled(hidden) : hidden).Dropout(Dropout));
    }
}
