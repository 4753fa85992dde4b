namespace NlpPretrain.Word2Vec;

/// <summary>How a translation is scored.</summary>
public enum BilingualRetrieval
{
    /// <summary>cos(Wx, y).</summary>
    Cosine,

    /// <summary>2·cos(Wx, y) − r(Wx) − r(y), where r is the mean cosine with the nearest words of the other language: words near to everything lose.</summary>
    Csls,
}
