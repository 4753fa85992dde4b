namespace NlpPretrain.Elmo;

/// <summary>Which way a language model reads.</summary>
public enum ElmoDirection
{
    /// <summary>From the first token: it predicts the next.</summary>
    Forward,

    /// <summary>From the last token: it predicts the one before.</summary>
    Backward,
}
