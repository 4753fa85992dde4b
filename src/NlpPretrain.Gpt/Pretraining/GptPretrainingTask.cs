using NlpPretrain.Tensors;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Gpt;

/// <summary>The batches of a pretraining run.</summary>
internal sealed class GptPretrainingTask : TrainingTask
{
    private readonly GptModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly TokenFile _file;
    private readonly TokenFile? _heldOut;
    private readonly WindowOrder _order;
    private readonly GptWindows _windows;
    private readonly int _length, _batchSize, _stride;
    private readonly int[] _window, _ids, _targets;

    /// <summary>Takes over the files.</summary>
    internal GptPretrainingTask(GptModel model, Tokenizer tokenizer, TokenFile file, TokenFile? heldOut, GptWindows windows, int length, int stride, int batchSize, ulong seed)
    {
        (_model, _tokenizer, _file, _heldOut, _windows, _length, _stride, _batchSize) = (model, tokenizer, file, heldOut, windows, length, stride, batchSize);
        _order = new WindowOrder(windows, file.Count, length, seed);
        _window = new int[length + 1];
        _ids = new int[checked(batchSize * length)];
        _targets = new int[_ids.Length];
    }

    public override IReadOnlyList<Parameter> Parameters => _model.Parameters;

    public override TrainingDefaults Defaults => GptPretrainer.DefaultsFor(_model.Config);

    public override long BatchesPerEpoch => (_order.PerEpoch - 1) / _batchSize + 1;

    public override string Identity => FormattableString.Invariant(
        $"{_model.Config}; {_file.Count} tokens with the SHA-256 {_file.Sha256}; {_windows} windows of {_length} tokens; {_batchSize} sequences a batch");

    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        for (int row = 0; row < _batchSize; row++)
        {
            _file.Read(_order.StartOf(batch * _batchSize + row), _window);
            _window.AsSpan(0, _length).CopyTo(_ids.AsSpan(row * _length));
            _window.AsSpan(1).CopyTo(_targets.AsSpan(row * _length));
        }

        Tensor loss = _model.Loss(pass, _ids, _targets, new Shape(_batchSize, _length), out TargetStatistics all);
        statistics = new BatchStatistics(all.Sum, all.Count, _ids.Length);
        return loss;
    }

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken) =>
        WindowEvaluation.Run(_model, _heldOut!, _length, _stride, arena, cancellationToken).NatsPerToken;

    public override void Save(string folder) => _model.Save(folder, _tokenizer);

    public override void Load(string folder) => GptModel.Load(folder).CopyTo(_model);

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        _heldOut?.Dispose();
        base.Dispose(disposing);
    }
}
