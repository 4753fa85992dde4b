namespace NlpPretrain.Text;

/// <summary>How a <see cref="TokenFile"/> makes a stream of tokens from a corpus.</summary>
public sealed record TokenFileOptions
{
    /// <summary>A token of the tokenizer that follows each document. Default null: documents follow each other without one.</summary>
    public string? EndOfText { get; init; }

    /// <summary>What follows each passage, so that the model sees where lines end. Default: a line feed. Empty: passages follow each other.</summary>
    public string LineEnd { get; init; } = "\n";

    /// <summary>Whether special tokens that are written in the text become those tokens. Default false: the text is only text.</summary>
    public bool MatchSpecialTokens { get; init; }

    /// <summary>Threads that tokenize, at least 1; the result does not depend on them. Default null: the number of processors.</summary>
    public int? Workers { get; init; }
}
