using NlpPretrain.Initialization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo;

/// <summary>The batches of a pretraining run.</summary>
internal sealed class ElmoPretrainingTask : TrainingTask
{
    private const ulong OffsetStream = 0x52494E47, SampleStream = 0x53414D50, RestartStream = 0x52535441;

    private readonly ElmoLanguageModel _model;
    private readonly ElmoVocabulary _vocabulary;
    private readonly SentenceRing _ring;
    private readonly StreamWindows _windows;
    private readonly ElmoEvaluationText? _heldOut;
    private readonly ElmoStates _states;
    private readonly int? _samples;
    private readonly double _restartProbability;
    private readonly ulong _seed;
    private readonly long _offset;

    /// <summary>Takes over the texts.</summary>
    internal ElmoPretrainingTask(ElmoLanguageModel model, ElmoVocabulary vocabulary, SentenceRing ring, StreamWindows windows, ElmoEvaluationText? heldOut, int? samples, double restartProbability, ulong seed)
    {
        (_model, _vocabulary, _ring, _windows, _heldOut, _samples, _restartProbability, _seed) = (model, vocabulary, ring, windows, heldOut, samples, restartProbability, seed);
        _states = new ElmoStates(model.Model.Config, windows.Streams);
        _offset = (long)Math.BigMul(new RandomStream(seed, OffsetStream)[0], (ulong)ring.Count, out _);
    }

    /// <summary>What the streams ended the last batch with.</summary>
    internal ElmoStates States => _states;

    public override IReadOnlyList<Parameter> Parameters => _model.Parameters;

    public override TrainingDefaults Defaults => ElmoPretrainer.Defaults;

    public override long BatchesPerEpoch => (_ring.Count - 1) / ((long)_windows.Streams * _windows.Steps) + 1;

    public override string Identity => FormattableString.Invariant(
        $"{_model.Model.Config}; {_ring.Count} words and ends of sentences with the SHA-256 {_ring.Sha256}; {_windows.Streams} streams of {_windows.Steps} steps; {(_samples is { } samples ? $"{samples} sampled words" : "full softmax")}; restarts {_restartProbability}");

    /// <remarks>
    /// Streams start in equal distances from each other on the ring, and go round it: each goes on where it ended, in every batch of the run. As bilm-tf has it, the loss is summed over
    /// the steps of a window, so that its clipping and its Adagrad see gradients of the same size.
    /// </remarks>
    public override Tensor Loss(Pass pass, long batch, out BatchStatistics statistics)
    {
        RandomStream restarts = new(_seed, RestartStream, (ulong)batch);
        for (int stream = 0; stream < _windows.Streams; stream++)
        {
            _windows.Read(stream, (_offset + StartOf(stream) + batch * _windows.Steps) % _ring.Count);
            if (restarts.Uniform((ulong)stream) < _restartProbability) _states.Clear(stream);
        }

        _windows.Fill();
        Tensor loss = _samples is { } samples
            ? _model.SampledLoss(pass, _windows.Forward, _windows.Backward, _states, samples, new RandomStream(_seed, SampleStream, (ulong)batch), out ElmoLossStatistics all)
            : _model.Loss(pass, _windows.Forward, _windows.Backward, _states, out all);
        statistics = new BatchStatistics(all.Forward.Sum + all.Backward.Sum, all.Forward.Count + all.Backward.Count, (long)_windows.Streams * _windows.Steps);
        return _windows.Steps * loss;
    }

    public override double Evaluate(TensorArena arena, CancellationToken cancellationToken) => _heldOut!.Evaluate(_model, arena, cancellationToken).NatsPerWord;

    public override void Save(string folder)
    {
        _model.Save(folder, _vocabulary);
        StatesFile.Write(folder, _states, _model.Model.Config);
    }

    public override void Load(string folder)
    {
        ElmoLanguageModel.Load(folder).CopyTo(_model);
        StatesFile.Read(folder, _states, _model.Model.Config);
    }

    protected override void Dispose(bool disposing)
    {
        _ring.Dispose();
        _heldOut?.Dispose();
        base.Dispose(disposing);
    }

    private long StartOf(int stream) => (long)((Int128)stream * _ring.Count / _windows.Streams);
}
