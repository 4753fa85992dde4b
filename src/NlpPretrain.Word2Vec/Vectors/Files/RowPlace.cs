namespace NlpPretrain.Word2Vec;

/// <summary>Where in a block a row's word and values are.</summary>
internal readonly record struct RowPlace(int WordStart, int WordLength, int ValuesStart, int ValuesLength);

/// <summary>A row that is cut and not yet taken in, and where its parts go.</summary>
internal readonly record struct CutRow(int Row, RowPlace Place, RowChunk Chunk, char[] Characters, int Start);
