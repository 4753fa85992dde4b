namespace NlpPretrain.Gpt;

/// <summary>Which windows of the token stream a pretraining run reads.</summary>
public enum GptWindows
{
    /// <summary>
    /// Every epoch cuts the stream into windows that follow each other from a random offset on, and reads each once, in a random order. The last window is moved back to end with
    /// the stream; the tokens before the offset wait for another epoch.
    /// </summary>
    Shuffled,

    /// <summary>Each window starts at a random token, as nanoGPT has it: in an epoch some tokens are read several times and others never.</summary>
    Random,
}
