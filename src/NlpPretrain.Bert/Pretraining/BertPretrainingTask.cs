using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>The batches of a pretraining run.</summary>
internal sealed class BertPretrainingTask : TrainingTask
{
    private readonly BertPretrainingModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly BertPretrainingData _data;
    private readonly BertPretrainingData? _heldOut;
    private readonly LengthBatches _batches;
    private readonly BertBatch _batch = new();
    private readonly int _batchSize;

    /// <summary>Takes over the data.</summary>
    internal BertPretrainingTask(BertPretrainingModel model, Tokenizer tokenizer, BertPretrainingData data, BertPretrainingData? heldOut, int batchSize, ulong seed)
    {
        (_model, _tokenizer, _data, _heldOut, _batchSize) = (model, tokenizer, data, heldOut, batchSize);
        _batches = new LengthBatches(data.Lengths, batchSize, seed);
        _batch.Begin(batchSize, data.Options.SequenceLength, checked(batchSize * data.Options.MostPredictions));
    }

    public override IReadOnlyList<Parameter> Parameters => _model.Parameters;

    public override TrainingDefaults Defaults => BertPretrainer.DefaultsFor(_model.Model.Config);

    /// <summary>A pass over the corpus: a part of the duplicates, which are shuffled together.</summary>
    public override long BatchesPerEpoch => (_batches.Count - 1) / _data.Options.DuplicateFactor + 1;

    public override string Identity => FormattableString.Invariant(
        $"{_model.Model.Config}; {_data.Count} sequences; {_data.Options.Describe()}; {_batchSize} sequences a batch");

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        _data.Fill(_batch, _batches[batch], epoch: batch / _batches.Count);
        Tensor loss = _model.Loss(pass, _batch, out BertLossStatistics all);
        long tokens = 0;
        foreach (int length in _batch.Lengths) tokens += length;
        statistics = new BatchStatistics(all.Masked.Sum, all.Masked.Count, tokens);
        return loss;
    }

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken) => PretrainingEvaluation.Run(_model, _heldOut!, arena, cancellationToken).MaskedLoss;

    public override void Save(string folder) => _model.Save(folder, _tokenizer);

    public override void Load(string folder) => BertPretrainingModel.Load(folder).CopyTo(_model);

    protected override void Dispose(bool disposing)
    {
        _data.Dispose();
        _heldOut?.Dispose();
        base.Dispose(disposing);
    }
}
