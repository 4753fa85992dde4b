namespace NlpPretrain.Word2Vec;

/// <summary>What a reader does with a word that an earlier one equals.</summary>
public enum DuplicateWords
{
    /// <summary>Refuse the file and name the word.</summary>
    Refuse,

    /// <summary>Keep the first, which is the more frequent by custom, and leave out the later ones, as gensim does.</summary>
    KeepFirst,
}
