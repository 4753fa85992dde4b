namespace NlpPretrain.Gpt;

/// <summary>What happens where a text needs more tokens than the model's context has.</summary>
public enum FullContext
{
    /// <summary>It is an error, thrown before anything is generated.</summary>
    Refuse,

    /// <summary>The older half is forgotten, and the newer half computed again from position 0, each time the context is full.</summary>
    Slide,
}

/// <summary>How <see cref="GptGenerator"/> chooses tokens, and when it stops.</summary>
/// <remarks>
/// In this order, as Hugging Face's library has them: repetition penalty, temperature, top-k, top-p, min-p; each sees what the one before has left.
/// Differs: of equal logits those of the lower ids come first, so top-k leaves exactly k.
/// </remarks>
public sealed record GenerationOptions
{
    /// <summary>The most likely token each time.</summary>
    public static GenerationOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>The most tokens that are generated, at least 1. Default 100.</summary>
    public int MaxNewTokens { get; init; } = 100;

    /// <summary>What logits are divided by, at least 0; 0 takes the most likely token, the lowest id of several. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps so many of the most likely tokens, at least 1. Default null: all. Source: Fan, Lewis and Dauphin 2018.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the fewest of the most likely tokens that have this probability together, above 0 to 1. Default null: all. Source: Holtzman et al. 2020.</summary>
    public double? TopP { get; init; }

    /// <summary>Keeps the tokens that have at least this part of the most likely one's probability, 0 to 1. Default null: all. Source: Nguyen et al. 2024.</summary>
    public double? MinP { get; init; }

    /// <summary>What positive logits of tokens in the prompt or generated before are divided by, and negative ones multiplied by; positive. Default 1: nothing. Source: Keskar et al. 2019, section 4.1.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Continuations that beam search follows, at least 1; 1 is no beam search, and more take no temperature, top-k, top-p or min-p. Default 1.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>α of a beam's score, log P(tokens) / countᵅ, where the count has the stop token too. Default 1, as Hugging Face's library has it; 0 for none, more for longer texts.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Strings that end a text, which is cut before the first of them; found across the borders of tokens. Default: none.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Token ids that end a text, of which they are no part. Default null: the tokenizer's end-of-text token, where it has one.</summary>
    public IReadOnlyList<int>? StopTokens { get; init; }

    /// <summary>Seed: the random number of a token depends on it, on the number of the sequence of its prompt and on the token's place, and on nothing else. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Texts for each prompt, at least 1; with beam search at most <see cref="Beams"/>. Default 1.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>What happens where prompt and new tokens are more than the context. Default <see cref="FullContext.Refuse"/>.</summary>
    public FullContext WhenContextIsFull { get; init; } = FullContext.Refuse;

    /// <summary>Threads that compute, at least 1; no result depends on it. Default null: the number of processors.</summary>
    public int? Workers { get; init; }

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, or beam search is combined with sampling.</exception>
    public void Validate()
    {
        Require(MaxNewTokens >= 1, nameof(MaxNewTokens), MaxNewTokens, "at least 1");
        Require(Temperature >= 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "0 (greedy) or more, and finite");
        Require(TopK is null or >= 1, nameof(TopK), TopK, "at least 1, or null for all tokens");
        Require(TopP is null or (> 0 and <= 1), nameof(TopP), TopP, "above 0 and at most 1, or null for all tokens");
        Require(MinP is null or (>= 0 and <= 1), nameof(MinP), MinP, "from 0 to 1, or null for all tokens");
        Require(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "positive and finite; 1 for none");
        Require(Beams >= 1, nameof(Beams), Beams, "at least 1");
        Require(double.IsFinite(LengthPenalty), nameof(LengthPenalty), LengthPenalty, "finite; 0 for none");
        Require(Sequences >= 1, nameof(Sequences), Sequences, "at least 1");
        Require(Enum.IsDefined(WhenContextIsFull), nameof(WhenContextIsFull), WhenContextIsFull, $"one of {string.Join(", ", Enum.GetNames<FullContext>())}");
        Require(Workers is null or >= 1, nameof(Workers), Workers, "at least 1, or null for one each processor");
        foreach (string stop in StopStrings) Require(!string.IsNullOrEmpty(stop), nameof(StopStrings), "[\"\"]", "strings that are not empty");
        if (Beams == 1) return;

        Require(Sequences <= Beams, nameof(Sequences), Sequences, FormattableString.Invariant($"at most the number of beams, {Beams} (GenerationOptions.Beams)"));
        Require(Temperature is 0 or 1, nameof(Temperature), Temperature, "0 or 1 with beam search, which does not sample (GenerationOptions.Beams)");
        Require(TopK is null && TopP is null && MinP is null, "TopK, TopP or MinP", "set", "null with beam search, which does not sample (GenerationOptions.Beams)");
        Require(WhenContextIsFull == FullContext.Refuse, nameof(WhenContextIsFull), WhenContextIsFull, "Refuse with beam search (GenerationOptions.Beams)");
    }

    private static void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be {allowed} (GenerationOptions.{name})."));
    }
}
