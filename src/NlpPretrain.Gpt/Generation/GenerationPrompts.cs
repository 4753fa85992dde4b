using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>Prompts as tokens, checked against model and options.</summary>
internal sealed class GenerationPrompts
{
    private static readonly string[] EndsOfText = [Gpt2Tokenizer.EndOfText, "</s>"];

    internal GenerationPrompts(GptModel model, Tokenizer tokenizer, IReadOnlyList<string> prompts, GenerationOptions options)
    {
        options.Validate();
        int? end = null;
        foreach (string name in EndsOfText)
        {
            if (end is null && tokenizer.SpecialIds.TryGetValue(name, out int id)) end = id;
        }

        Stops = options.StopTokens is { } given ? [.. given] : end is { } stop ? [stop] : [];
        foreach (int id in Stops)
        {
            if ((uint)id >= (uint)tokenizer.Count)
                throw new ArgumentException(FormattableString.Invariant($"Stop token {id} is not one of the tokenizer's {tokenizer.Count} (GenerationOptions.StopTokens)."));
        }

        Tokens = [.. prompts.Select(prompt => Encode(model, tokenizer, prompt, end, options))];
        Positions = options.WhenContextIsFull == FullContext.Slide ? Math.Min(model.Config.ContextLength, Tokens.Max(tokens => tokens.Length) + options.MaxNewTokens)
            : Tokens.Max(tokens => tokens.Length) + options.MaxNewTokens;
    }

    internal int[][] Tokens { get; }

    internal HashSet<int> Stops { get; }

    /// <summary>The most positions that a sequence needs at once.</summary>
    internal int Positions { get; }

    private static int[] Encode(GptModel model, Tokenizer tokenizer, string prompt, int? end, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        int[] tokens = tokenizer.Encode(prompt).Ids.ToArray();
        if (tokens.Length == 0)
        {
            tokens = end is { } start ? [start] : throw new ArgumentException(
                $"The prompt has no tokens, and the tokenizer no end-of-text token ({string.Join(" or ", EndsOfText)}) to begin with; give a prompt, or a tokenizer with that special token.", nameof(prompt));
        }

        int context = model.Config.ContextLength;
        if (tokens.Length > context)
            throw new ArgumentException(FormattableString.Invariant($"The prompt has {tokens.Length} tokens; this model was configured for {context} (GptConfig.ContextLength). Give a shorter one."), nameof(prompt));
        if (options.WhenContextIsFull == FullContext.Refuse && tokens.Length + (long)options.MaxNewTokens > context)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The prompt has {tokens.Length} tokens and {options.MaxNewTokens} new ones are allowed (GenerationOptions.MaxNewTokens); this model was configured for {context} together (GptConfig.ContextLength). Ask for at most {context - tokens.Length}, or let the context slide (GenerationOptions.WhenContextIsFull)."), nameof(prompt));
        }

        if (tokens.Length + (long)options.MaxNewTokens > Array.MaxLength)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The prompt has {tokens.Length} tokens and {options.MaxNewTokens} new ones are allowed (GenerationOptions.MaxNewTokens); a text has at most {Array.MaxLength} together."), nameof(prompt));
        }

        return tokens;
    }
}
