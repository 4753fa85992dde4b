namespace NlpPretrain.Experiments;

/// <summary>Texts followed by themselves: to predict the second, a language model must find the place in the first, and so learns to compare.</summary>
/// <remarks>
/// A small model that has read a few million words predicts a sentence's copy no better than the sentence. Words in random order, in short texts, are where
/// it learns that fastest. Source: Wu et al. 2022, "Insights into pre-training via simpler synthetic tasks", the task of copies; the noise, of Lewis et al. 2020, "BART", section 2.2.
/// </remarks>
internal sealed class CopiedTexts(int seed)
{
    private const double Noise = 0.1;

    private readonly Random _random = new(seed);

    /// <summary>Some words of a text, drawn one by one, and the same once more.</summary>
    public IEnumerable<string> OfRandomWords(string[] words, int least, int most, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string text = string.Concat(Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => " " + words[_random.Next(words.Length)]));
            yield return text + text;
        }
    }

    /// <summary>The text, and with a probability a copy before or behind it: half of them exact, half with words lost, doubled or moved.</summary>
    public string With(string text, double probability)
    {
        if (_random.NextDouble() >= probability) return text;

        string copy = _random.NextDouble() < 0.5 ? text : Corrupt(text);
        return _random.NextDouble() < 0.5 ? text + copy : copy + text;
    }

    private string Corrupt(string text)
    {
        List<string> words = [];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            double draw = _random.NextDouble();
            if (draw < Noise) continue;

            words.Add(word);
            if (draw < 2 * Noise && words.Count > 1) (words[^1], words[^2]) = (words[^2], words[^1]);
            else if (draw > 1 - Noise / 2) words.Add(word);
        }

        return " " + string.Join(' ', words);
    }
}
