using System.Runtime.CompilerServices;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>Continues texts with a model: greedy, by sampling, or by beam search.</summary>
/// <remarks>
/// Equal options, weights and seed give equal texts: alone or in any batch, with any number of workers. Several calls may run at once, each with threads
/// and memory of its own, while nobody changes the model. <see cref="GptModel.ToBfloat16"/> makes a model that is read faster.
/// <code>
/// GptGenerator generator = new(model, tokenizer);
/// await foreach (string piece in generator.StreamAsync("Once upon a time", new() { TopP = 0.9 })) Console.Write(piece);
/// </code>
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="tokenizer">The tokenizer that it was trained with.</param>
public sealed class GptGenerator(GptModel model, Tokenizer tokenizer)
{
    private readonly GptModel _model = Check(model, tokenizer);
    private readonly Tokenizer _tokenizer = tokenizer;

    /// <summary>Continues a prompt, and gives the text piece by piece as soon as it is certain, in whole characters.</summary>
    /// <remarks>Computes on a thread of the pool. Pieces are not tokens: one may have several, and what may begin a stop string waits for the next.</remarks>
    /// <param name="prompt">What comes before; empty begins a text, where the tokenizer has an end-of-text token.</param>
    /// <param name="options">Default null: the default options. One sequence, no beam search.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>Pieces that are the text when they are joined; none is empty.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or the prompt does not fit; see the message.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<string> StreamAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        GenerationPrompts prompts = new(_model, _tokenizer, [prompt], options);
        if (options.Sequences > 1 || options.Beams > 1)
        {
            throw new ArgumentException($"A stream is one text; {options.Sequences} sequences and {options.Beams} beams were asked for. Set both to 1, or call Generate (GenerationOptions.Sequences, Beams).", nameof(options));
        }

        return StreamAsync(prompts, options, cancellationToken);
    }

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">What comes before; empty begins a text, where the tokenizer has an end-of-text token.</param>
    /// <param name="options">Default null: the default options. Of several sequences the first is returned.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the prompt does not fit; see the message.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public GeneratedText Generate(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Generate([prompt], options, cancellationToken)[0];

    /// <summary>Continues prompts side by side, which reads the weights once for a token of each.</summary>
    /// <param name="prompts">What comes before each text.</param>
    /// <param name="options">Default null: the default options.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>For each prompt as many texts as <see cref="GenerationOptions.Sequences"/> says, one after another; those of beam search by their scores.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or a prompt does not fit; see the message.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public GeneratedText[] Generate(IReadOnlyList<string> prompts, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        options ??= new();
        if (prompts.Count == 0)
        {
            options.Validate();
            return [];
        }

        GenerationPrompts encoded = new(_model, _tokenizer, prompts, options);
        if (options.Beams > 1)
        {
            return [.. encoded.Tokens.SelectMany(prompt =>
            {
                using BeamSearch search = new(_model, _tokenizer, encoded, prompt, options);
                return search.Run(cancellationToken);
            })];
        }

        using SamplingRun run = new(_model, _tokenizer, encoded, options);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (run.Step());
        return [.. run.Sequences.Select(sequence => sequence.ToResult())];
    }

    /// <summary>The same on a thread of the pool.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{string}, GenerationOptions?, CancellationToken)"/>
    public Task<GeneratedText[]> GenerateAsync(IReadOnlyList<string> prompts, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Generate(prompts, options, cancellationToken), cancellationToken);

    private async IAsyncEnumerable<string> StreamAsync(GenerationPrompts prompts, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThreadSwitch away = new();
        await away;
        using SamplingRun run = new(_model, _tokenizer, prompts, options);
        SampledSequence sequence = run.Sequences[0];
        while (sequence.Reason is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Step();
            if (TakeNew(sequence) is not { } piece) continue;

            yield return piece;
            if (sequence.Reason is null) await away;
        }
    }

    private static string? TakeNew(SampledSequence sequence)
    {
        ReadOnlySpan<char> piece = sequence.Text.TakeNew();
        return piece.IsEmpty ? null : new(piece);
    }

    private static GptModel Check(GptModel model, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.Count > model.Config.VocabularySize)
        {
            throw new ArgumentException($"The tokenizer has {tokenizer.Count} tokens and the model {model.Config.VocabularySize} (GptConfig.VocabularySize); " +
                "use the tokenizer that the model was trained with.", nameof(tokenizer));
        }

        return model;
    }
}
