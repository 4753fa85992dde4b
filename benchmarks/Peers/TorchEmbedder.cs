using NlpPretrain.Elmo;
using static TorchSharp.torch;

namespace NlpPretrain.Peers;

/// <summary>Sentences side by side as libtorch reads them; all that depends on no weight is computed before.</summary>
internal sealed class TorchElmoBatch
{
    /// <summary>Takes sentences.</summary>
    /// <param name="batch">Their tokens, padded.</param>
    /// <param name="sentences">Which ones they are.</param>
    public TorchElmoBatch(ElmoBatch batch, int[] sentences)
    {
        (Sentences, Lengths) = (sentences, batch.Lengths.ToArray());
        (int count, int time) = (batch.Shape[0], batch.Shape[1]);
        Tokens = TorchBuild.Indices(batch.Tokens.ToArray(), count, time);
        if (batch.MostCharacters > 0) Characters = TorchBuild.Indices(batch.Characters.ToArray(), -1, batch.MostCharacters);
        Turned = TorchBuild.Indices([.. Enumerable.Range(0, count * time).Select(place => place % count * time + Turn(place % count, place / count))], -1);
        TurnedBack = TorchBuild.Indices([.. Enumerable.Range(0, count * time).Select(place => Turn(place / time, place % time) * count + place / time)], -1);

        int Turn(int row, int step) => step < Lengths[row] ? Lengths[row] - 1 - step : step;
    }

    public int[] Sentences { get; }

    public int[] Lengths { get; }

    /// <summary>[B, T]</summary>
    public Tensor Tokens { get; }

    /// <summary>[words, M]; none where tokens are ids.</summary>
    public Tensor? Characters { get; }

    /// <summary>Of the backward direction's step t of sentence b, row t·B + b, its row in [B·T].</summary>
    public Tensor Turned { get; }

    /// <summary>The way back.</summary>
    public Tensor TurnedBack { get; }
}

/// <summary>One way in which libtorch embeds sentences.</summary>
/// <param name="model">The model.</param>
/// <param name="batches">The sentences.</param>
/// <param name="isStepped">Whether LSTMs are stepped by hand, not libtorch's own.</param>
/// <param name="isBeside">Whether each thread has a batch of its own; otherwise all share the work of one after the other.</param>
internal sealed class TorchEmbedder(TorchElmo model, TorchElmoBatch[] batches, bool isStepped, bool isBeside)
{
    public string Name => $"{(isStepped ? "stepped by hand" : "its own LSTM")}, {(isBeside ? "a batch a thread" : "batch by batch")}";

    /// <summary>Embeds all sentences.</summary>
    /// <param name="take">Receives a batch and its layers, [B, T, 2P] each.</param>
    public void Run(Action<TorchElmoBatch, Tensor[]>? take = null)
    {
        if (isBeside)
        {
            Parallel.ForEach(batches, new ParallelOptions { MaxDegreeOfParallelism = StepOptions.Threads }, batch => Run(batch, threads: 1, take));
            return;
        }

        foreach (TorchElmoBatch batch in batches) Run(batch, StepOptions.Threads, take);
    }

    private void Run(TorchElmoBatch batch, int threads, Action<TorchElmoBatch, Tensor[]>? take)
    {
        set_num_threads(threads);
        using IDisposable still = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] layers = model.AllLayers(batch, isStepped);
        take?.Invoke(batch, layers);
    }
}
