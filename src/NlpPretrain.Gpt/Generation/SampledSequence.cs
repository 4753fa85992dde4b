using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>A prompt and what was generated behind it so far.</summary>
internal sealed class SampledSequence
{
    private readonly int[] _tokens, _distinct;
    private readonly bool[]? _isSeen;
    private readonly int _promptLength;
    private int _count, _distinctCount;

    internal SampledSequence(int number, int slot, int[] prompt, Tokenizer tokenizer, GenerationOptions options)
    {
        (Number, Slot, _promptLength) = (number, slot, prompt.Length);
        _tokens = new int[prompt.Length + options.MaxNewTokens];
        bool penalizes = options.RepetitionPenalty != 1;
        (_distinct, _isSeen) = penalizes ? (new int[_tokens.Length], new bool[tokenizer.Count]) : ([], null);
        Text = new(tokenizer, prompt[^1], options.StopStrings);
        foreach (int token in prompt) Add(token);
    }

    /// <summary>Which of the texts of its prompt it is.</summary>
    internal int Number { get; }

    /// <summary>Its place in the caches.</summary>
    internal int Slot { get; }

    internal StoppableText Text { get; }

    internal StopReason? Reason { get; private set; }

    internal int NewCount { get; private set; }

    internal ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _promptLength + NewCount);

    internal ReadOnlySpan<int> Distinct => _distinct.AsSpan(0, _distinctCount);

    /// <summary>How many of its tokens are in the caches.</summary>
    internal int Cached { get; set; }

    internal void Take(int token, HashSet<int> stops)
    {
        if (stops.Contains(token))
        {
            Reason = StopReason.StopToken;
        }
        else
        {
            NewCount++;
            Add(token);
            Text.Append(token);
            if (Text.IsStopped) Reason = StopReason.StopString;
            else if (_promptLength + NewCount == _tokens.Length) Reason = StopReason.Length;
        }

        if (Reason is null) return;

        Text.Finish();
        if (Text.IsStopped) Reason = StopReason.StopString;
    }

    internal GeneratedText ToResult() => new(Text.Whole, Tokens[_promptLength..].ToArray(), Reason!.Value);

    private void Add(int token)
    {
        _tokens[_count++] = token;
        if (_isSeen is null || (uint)token >= (uint)_isSeen.Length || _isSeen[token]) return;

        _isSeen[token] = true;
        _distinct[_distinctCount++] = token;
    }
}
