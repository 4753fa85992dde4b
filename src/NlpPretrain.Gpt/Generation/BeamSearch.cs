using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NlpPretrain.Kernels;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>Follows the most likely beginnings of a text, and finds the endings of the best scores among their continuations.</summary>
/// <remarks>
/// A step continues each of B beams by each token, and keeps the B most likely that do not end; those that end go to the B best of all, by
/// log P / countᵅ. It stops when no beam can come among them any more, as far as a probability is at most 1. Equal scores: the earlier beam, then the lower id.
/// </remarks>
internal sealed class BeamSearch : IDisposable
{
    private readonly GenerationOptions _options;
    private readonly GenerationMemory _memory;
    private readonly Tokenizer _tokenizer;
    private readonly HashSet<int> _stops;
    private readonly float[] _weights;
    private readonly int[] _prompt;
    private readonly int _vocabulary;
    private readonly List<Ended> _ended = [];

    internal BeamSearch(GptModel model, Tokenizer tokenizer, GenerationPrompts prompts, int[] prompt, GenerationOptions options)
    {
        (_options, _tokenizer, _prompt, _stops) = (options, tokenizer, prompt, prompts.Stops);
        _vocabulary = Math.Min(model.Config.VocabularySize!.Value, tokenizer.Count);
        _weights = new float[(_vocabulary + 15) / 16 * 16];
        _memory = new(model, options.Beams, prompts.Positions, options.Workers);
    }

    public void Dispose() => _memory.Dispose();

    internal GeneratedText[] Run(CancellationToken cancellationToken)
    {
        _memory.Fill(0, _prompt.AsSpan(0, _prompt.Length - 1));
        List<Beam> beams = [new(0, [], 0)];
        while (beams.Count > 0 && CanImprove(beams[0]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            beams = Place(Choose(Continue(beams), beams));
        }

        return [.. _ended.Take(_options.Sequences).Select(ended => new GeneratedText(ended.Text, ended.Tokens, ended.Reason, ended.Score))];
    }

    private List<Candidate> Continue(List<Beam> beams)
    {
        int most = _options.StopStrings.Count > 0 ? _vocabulary : Math.Min(_vocabulary, _options.Beams + _stops.Count);   // any token may complete a stop string
        List<Candidate> candidates = [];
        using Pass pass = _memory.Begin();
        Span<float> logits = _memory.Advance(pass, [.. beams.Select(beam => beam.Slot)], [.. beams.Select(beam => beam.Tokens.Length > 0 ? beam.Tokens[^1] : _prompt[^1])]).Data;
        for (int i = 0; i < beams.Count; i++)
        {
            Span<float> row = logits.Slice(i * (logits.Length / beams.Count), _vocabulary);
            if (_options.RepetitionPenalty != 1) TokenSampler.Penalize(row, [.. _prompt.Concat(beams[i].Tokens).Distinct()], _options.RepetitionPenalty);
            double total = LogSum(row);
            int[] ids = [.. Enumerable.Range(0, _vocabulary)];
            float[] keys = new float[_vocabulary];
            TensorPrimitives.Negate(row, keys);
            Array.Sort(keys, ids);
            int end = most;
            while (end < _vocabulary && keys[end] == keys[end - 1]) end++;                          // all that are equal to the last: the order of ids decides
            for (int j = 0; j < end; j++) candidates.Add(new(i, ids[j], beams[i].LogProbability + (-keys[j] - total)));
        }

        candidates.Sort();
        return candidates;
    }

    private List<Beam> Choose(List<Candidate> candidates, List<Beam> beams)
    {
        List<Beam> next = [];
        foreach (Candidate candidate in candidates)
        {
            if (next.Count == _options.Beams) break;

            Beam parent = beams[candidate.Parent];
            int count = parent.Tokens.Length + 1;
            if (_stops.Contains(candidate.Token))
            {
                End(parent.Tokens, count, candidate.LogProbability, StopReason.StopToken);
                continue;
            }

            int[] tokens = [.. parent.Tokens, candidate.Token];
            StopReason? reason = count == _options.MaxNewTokens ? StopReason.Length : null;
            if (_options.StopStrings.Count > 0 && TextOf(tokens).IsStopped) reason = StopReason.StopString;
            if (reason is { } why) End(tokens, count, candidate.LogProbability, why);
            if (reason != StopReason.StopString) next.Add(new(parent.Slot, tokens, candidate.LogProbability));
        }

        return next.Count > 0 && next[0].Tokens.Length == _options.MaxNewTokens ? [] : next;
    }

    // The first continuation of a beam stays in its place; the others are copied to places that are free.
    private List<Beam> Place(List<Beam> beams)
    {
        Queue<int> free = new(Enumerable.Range(0, _options.Beams).Except(beams.Select(beam => beam.Slot)));
        HashSet<int> used = [];
        List<Beam> placed = [];
        foreach (Beam beam in beams)
        {
            int slot = beam.Slot;
            if (!used.Add(slot))
            {
                slot = free.Dequeue();
                _memory.Copy(beam.Slot, slot);
            }

            placed.Add(beam with { Slot = slot });
        }

        return placed;
    }

    private void End(int[] tokens, int count, double logProbability, StopReason reason)
    {
        double score = Score(logProbability, count);
        int place = _ended.FindIndex(other => other.Score < score);
        if (place < 0) place = _ended.Count;
        if (place >= _options.Beams) return;

        StoppableText text = TextOf(tokens);
        text.Finish();
        _ended.Insert(place, new(tokens, text.Whole, score, text.IsStopped ? StopReason.StopString : reason));
        if (_ended.Count > _options.Beams) _ended.RemoveAt(_options.Beams);
    }

    // Each further token makes the probability smaller; the count makes the score larger where α is positive.
    private bool CanImprove(Beam best) => _ended.Count < _options.Beams
        || Score(best.LogProbability, _options.LengthPenalty > 0 ? _options.MaxNewTokens : best.Tokens.Length + 1) > _ended[^1].Score;

    private double Score(double logProbability, int count) => logProbability / PortableMath.Pow(count, _options.LengthPenalty);

    private StoppableText TextOf(int[] tokens)
    {
        StoppableText text = new(_tokenizer, _prompt[^1], _options.StopStrings);
        foreach (int token in tokens)
        {
            if (!text.IsStopped) text.Append(token);
        }

        return text;
    }

    // log Σ e^logit
    private double LogSum(ReadOnlySpan<float> logits)
    {
        float largest = TensorPrimitives.Max(logits);
        if (!float.IsFinite(largest)) throw new InvalidOperationException("The model's logits are not finite; its weights are damaged, or its training has diverged.");

        logits.CopyTo(_weights);
        foreach (ref Vector512<float> x in MemoryMarshal.Cast<float, Vector512<float>>(_weights.AsSpan())) x = SimdMath.Exp(x - Vector512.Create(largest));
        double sum = 0;
        for (int i = 0; i < logits.Length; i++) sum += _weights[i];
        return largest + PortableMath.Log(sum);
    }

    private sealed record Beam(int Slot, int[] Tokens, double LogProbability);

    private sealed record Ended(int[] Tokens, string Text, double Score, StopReason Reason);

    private readonly record struct Candidate(int Parent, int Token, double LogProbability) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) => LogProbability != other.LogProbability ? other.LogProbability.CompareTo(LogProbability)
            : Parent != other.Parent ? Parent.CompareTo(other.Parent) : Token.CompareTo(other.Token);
    }
}
