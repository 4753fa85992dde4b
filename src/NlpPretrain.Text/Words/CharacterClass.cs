namespace NlpPretrain.Text;

/// <summary>What a character is to a word tokenizer. Letters, digits and marks come first: they go on with a word.</summary>
internal enum CharacterClass : byte
{
    Letter,
    Digit,
    Mark,

    /// <summary>A Chinese character: a letter, but each may be a word of its own.</summary>
    Han,

    /// <summary>Zero-width joiner, zero-width non-joiner and soft hyphen: part of a word, but not at its edge.</summary>
    Joiner,
    Apostrophe,
    Hyphen,

    /// <summary>The full stop, which ends sentences, abbreviations and whole numbers.</summary>
    Stop,

    /// <summary>Characters that always end a sentence: ! ? 。 … and their forms.</summary>
    SentenceEnd,

    /// <summary>Closing brackets and quotation marks.</summary>
    Closer,
    Space,
    LineBreak,
    Surrogate,
    Other,
}
