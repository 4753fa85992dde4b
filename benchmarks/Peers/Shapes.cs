namespace NlpPretrain.Peers;

internal sealed record GptShape(int Layers, int Width, int Heads, int Time, int Batch, int Vocabulary);

internal sealed record LstmShape(int Layers, int Cells, int Projection, int Batch, int Time, int Vocabulary, float Limit);

/// <summary>Sequences of two sentences of half the length each, with masked places at even distances; every other pair is of sentences that follow each other.</summary>
internal sealed record BertShape(int Layers, int Width, int Heads, int Time, int Batch, int Masked, int Vocabulary)
{
    public int[] Segments { get; } = [.. Enumerable.Range(0, Batch * Time).Select(i => 2 * (i % Time) / Time)];

    /// <summary>Indices into [B·T].</summary>
    public int[] Places { get; } = [.. Enumerable.Range(0, Batch * Masked).Select(i => i / Masked * Time + 1 + i % Masked * ((Time - 1) / Masked))];

    /// <summary>0 where the second sentence is the next one.</summary>
    public int[] NextSentenceLabels { get; } = [.. Enumerable.Range(0, Batch).Select(row => row % 2)];
}
