namespace NlpPretrain.Word2Vec;

/// <summary>How the word x that completes "a is to b as c is to x" is scored.</summary>
public enum AnalogyMethod
{
    /// <summary>cos(x, b) − cos(x, a) + cos(x, c).</summary>
    CosAdd,

    /// <summary>cos(x, b)·cos(x, c) / (cos(x, a) + 0.001), where each cosine is first moved to [0, 1] by (cos + 1) / 2.</summary>
    CosMul,
}
