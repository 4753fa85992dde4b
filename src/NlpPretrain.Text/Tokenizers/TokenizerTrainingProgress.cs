namespace NlpPretrain.Text;

/// <summary>How far the training of a tokenizer is.</summary>
/// <param name="Stage">What is being done: reading, seeding, pruning, merging.</param>
/// <param name="Pieces">Pieces that the vocabulary has now.</param>
/// <param name="Goal">Pieces that it shall have.</param>
public readonly record struct TokenizerTrainingProgress(string Stage, int Pieces, int Goal);
