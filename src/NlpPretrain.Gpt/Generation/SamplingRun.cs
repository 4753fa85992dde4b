using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>Generates texts side by side, a token of each in a step. A step allocates nothing.</summary>
internal sealed class SamplingRun : IDisposable
{
    private readonly GenerationOptions _options;
    private readonly GenerationMemory _memory;
    private readonly TokenSampler _sampler;
    private readonly HashSet<int> _stops;
    private readonly SampledSequence[] _sequences, _active;
    private readonly int[] _slots, _last;
    private readonly int _vocabulary, _context;
    private bool _isFilled;

    internal SamplingRun(GptModel model, Tokenizer tokenizer, GenerationPrompts prompts, GenerationOptions options)
    {
        (_options, _stops, _context) = (options, prompts.Stops, model.Config.ContextLength);
        _vocabulary = Math.Min(model.Config.VocabularySize!.Value, tokenizer.Count);
        _sampler = new(_vocabulary, options);
        _sequences = new SampledSequence[prompts.Tokens.Length * options.Sequences];
        for (int i = 0; i < _sequences.Length; i++)
            _sequences[i] = new(i % options.Sequences, i, prompts.Tokens[i / options.Sequences], tokenizer, options);
        _active = new SampledSequence[_sequences.Length];
        (_slots, _last) = (new int[_sequences.Length], new int[_sequences.Length]);
        _memory = new(model, _sequences.Length, prompts.Positions, options.Workers);
    }

    internal IReadOnlyList<SampledSequence> Sequences => _sequences;

    public void Dispose() => _memory.Dispose();

    /// <summary>One more token of each text that has not ended.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool Step()
    {
        int count = 0;
        foreach (SampledSequence sequence in _sequences)
        {
            if (sequence.Reason is not null) continue;

            MakeRoom(sequence);
            (_active[count], _slots[count], _last[count]) = (sequence, sequence.Slot, sequence.Tokens[^1]);
            count++;
        }

        _isFilled = true;
        if (count == 0) return false;

        using Pass pass = _memory.Begin();
        Span<float> logits = _memory.Advance(pass, _slots.AsSpan(0, count), _last.AsSpan(0, count)).Data;
        int stride = logits.Length / count;
        for (int i = 0; i < count; i++)
        {
            SampledSequence sequence = _active[i];
            sequence.Cached++;
            Span<float> row = logits.Slice(i * stride, _vocabulary);
            if (_options.RepetitionPenalty != 1) TokenSampler.Penalize(row, sequence.Distinct, _options.RepetitionPenalty);
            sequence.Take(_sampler.Next(row, sequence.Number, sequence.NewCount), _stops);
        }

        return true;
    }

    // All tokens but the last are in the caches before a step: at first those of the prompt, and where the context is full its newer half.
    private void MakeRoom(SampledSequence sequence)
    {
        ReadOnlySpan<int> tokens = sequence.Tokens;
        if (!_isFilled && sequence.Number > 0)
        {
            _memory.Copy(sequence.Slot - sequence.Number, sequence.Slot);
            sequence.Cached = tokens.Length - 1;
        }
        else if (!_isFilled || sequence.Cached == _context)
        {
            int kept = _isFilled ? Math.Min(tokens.Length, Math.Max(_context / 2, 1)) : tokens.Length;
            _memory.Fill(sequence.Slot, tokens[^kept..^1]);
            sequence.Cached = kept - 1;
        }
    }
}
