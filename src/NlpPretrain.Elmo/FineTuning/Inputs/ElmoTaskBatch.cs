namespace NlpPretrain.Elmo;

/// <summary>Examples of one or two texts each; its memory is used again for the next ones.</summary>
/// <param name="config">The model's.</param>
/// <param name="texts">Texts of an example.</param>
internal sealed class ElmoTaskBatch(ElmoConfig config, int texts)
{
    /// <summary>The first text of each example, and the second where there are two.</summary>
    public ElmoTexts[] Texts { get; } = [.. Enumerable.Range(0, texts).Select(_ => new ElmoTexts(config))];

    /// <summary>Tokens of all texts.</summary>
    public int Tokens { get; private set; }

    /// <summary>Takes the texts of some examples, in place of those before.</summary>
    public void Fill(ElmoSequence[][] encoded, ReadOnlySpan<int> examples)
    {
        Tokens = 0;
        for (int text = 0; text < Texts.Length; text++)
        {
            Texts[text].Fill(encoded, text, examples);
            Tokens += Texts[text].Tokens;
        }
    }
}
