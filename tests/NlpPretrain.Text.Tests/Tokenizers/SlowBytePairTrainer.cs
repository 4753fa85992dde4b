namespace NlpPretrain.Text.Tests.Tokenizers;

/// <summary>The rule of <see cref="BytePairTrainer"/>, with all pairs counted anew for each merge.</summary>
internal static class SlowBytePairTrainer
{
    internal static List<BytePairMerge> Merges(ICorpus corpus, BytePairTrainerOptions options, int alphabet)
    {
        bool isByteLevel = options.Form.IsByteLevel;
        List<List<string>> words = [];
        foreach (Passage passage in corpus.Read())
        {
            string text = isByteLevel ? passage.Text : BytePairTesting.Normalize(new Gpt1Normalizer(), passage.Text);
            PreTokenizer preTokenizer = isByteLevel ? new ByteLevelPreTokenizer() : new Gpt1PreTokenizer();
            foreach (string word in BytePairTesting.Split(preTokenizer, text))
            {
                string written = isByteLevel ? ByteAlphabet.Encode(word) : word;
                List<string> symbols = [.. written.EnumerateRunes().Select(rune => rune.ToString())];
                symbols[^1] += options.Form.EndOfWordSuffix;
                words.Add(symbols);
            }
        }

        HashSet<string> known = new(words.SelectMany(word => word), StringComparer.Ordinal);
        known.UnionWith(options.SpecialTokens);
        List<BytePairMerge> merges = [];
        while (alphabet + merges.Count < options.VocabularySize)
        {
            Dictionary<BytePairMerge, long> counts = [];
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    BytePairMerge pair = new(word[i], word[i + 1]);
                    counts[pair] = counts.GetValueOrDefault(pair) + 1;
                }
            }

            KeyValuePair<BytePairMerge, long>[] best = [.. counts
                .Where(pair => pair.Value >= options.MinimumFrequency && !known.Contains(pair.Key.Left + pair.Key.Right))
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Right, StringComparer.Ordinal)
                .Take(1)];
            if (best.Length == 0) break;

            (string left, string right) = best[0].Key;
            merges.Add(best[0].Key);
            known.Add(left + right);
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] != left || word[i + 1] != right) continue;

                    word[i] += right;
                    word.RemoveAt(i + 1);
                }
            }
        }

        return merges;
    }
}
