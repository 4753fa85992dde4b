using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>A model with the keys and values of some sequences.</summary>
internal sealed class GenerationMemory : IDisposable
{
    private readonly GptModel _model;
    private readonly KeyValueCache[] _caches;
    private readonly TensorArena _arena;

    internal GenerationMemory(GptModel model, int sequences, int positions, int? workers)
    {
        _model = model;
        _caches = new KeyValueCache[model.Config.Layers];
        for (int i = 0; i < _caches.Length; i++) _caches[i] = new KeyValueCache(sequences, positions, model.Config.Width);
        _arena = new TensorArena(workers);
    }

    public void Dispose() => _arena.Dispose();

    /// <summary>Makes a sequence these tokens.</summary>
    internal void Fill(int sequence, ReadOnlySpan<int> tokens)
    {
        Select([sequence]);
        foreach (KeyValueCache cache in _caches) cache.Truncate(0);
        if (tokens.IsEmpty) return;

        using Pass pass = Pass.Inference(_arena);
        _model.Hidden(pass, tokens, new(1, tokens.Length), _caches);
    }

    internal void Copy(int source, int target)
    {
        foreach (KeyValueCache cache in _caches) cache.Copy(source, target);
    }

    /// <summary>Begins a pass; the logits of a next token belong to it.</summary>
    internal Pass Begin() => Pass.Inference(_arena);

    /// <summary>Adds a token to each of some sequences.</summary>
    /// <returns>The logits of what follows, [B, 1, V].</returns>
    internal Tensor Advance(Pass pass, ReadOnlySpan<int> sequences, ReadOnlySpan<int> tokens)
    {
        Select(sequences);
        return _model.Logits(_model.Hidden(pass, tokens, new(sequences.Length, 1), _caches));
    }

    private void Select(ReadOnlySpan<int> sequences)
    {
        foreach (KeyValueCache cache in _caches) cache.Select(sequences);
    }
}
