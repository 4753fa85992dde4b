namespace NlpPretrain.Word2Vec;

/// <summary>Where in a block a row's word and values are.</summary>
internal readonly record struct RowPlace(int WordStart, int WordLength, int ValuesStart, int ValuesLength);
