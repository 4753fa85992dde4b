namespace NlpPretrain.Word2Vec;

/// <summary>What a reader does with a word that is not valid UTF-8, such as one that the original program cut at its length limit.</summary>
public enum InvalidWords
{
    /// <summary>Refuse the file and name the place.</summary>
    Refuse,

    /// <summary>Put U+FFFD in place of what is invalid. Words that become equal so are duplicates.</summary>
    Replace,
}
