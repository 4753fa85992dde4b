namespace NlpPretrain.Peers;

internal sealed record GptShape(int Layers, int Width, int Heads, int Time, int Batch, int Vocabulary);

internal sealed record LstmShape(int Layers, int Cells, int Projection, int Batch, int Time, int Vocabulary, float Limit);
