using NlpPretrain.Text;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Samples.TwoLanguages;

/// <summary>Finds words that translate each other by where they occur: in the two forms of the same messages.</summary>
/// <remarks>Dice(e, c) = 2·messages(e and c) / (messages(e) + messages(c)); a pair is taken where each is the other's best.</remarks>
internal static class SeedLexicon
{
    private const int FewestMessages = 5;
    private const double LowestDice = 0.4;

    /// <returns>The pairs, in the order of the English words: the frequent ones first.</returns>
    public static BilingualPair[] Find(
        IEnumerable<AlignedText> texts, IWordTokenizer sourceTokenizer, WordVectors source, IWordTokenizer targetTokenizer, WordVectors target)
    {
        int[] sourceMessages = new int[source.Count], targetMessages = new int[target.Count];
        Dictionary<(int Source, int Target), int> together = [];
        foreach (AlignedText text in texts)
        {
            HashSet<int> sourceWords = WordsOf(text.English, sourceTokenizer, source), targetWords = WordsOf(text.Translation, targetTokenizer, target);
            foreach (int word in sourceWords) sourceMessages[word]++;
            foreach (int word in targetWords) targetMessages[word]++;
            foreach (int first in sourceWords)
            {
                foreach (int second in targetWords)
                {
                    (int Source, int Target) pair = (first, second);
                    together[pair] = together.GetValueOrDefault(pair) + 1;
                }
            }
        }

        (double Dice, int Word)[] bestTarget = new (double, int)[source.Count], bestSource = new (double, int)[target.Count];
        foreach (((int Source, int Target) pair, int count) in together)
        {
            if (count < FewestMessages || !IsChinese(target.Words[pair.Target])) continue;

            double dice = 2.0 * count / (sourceMessages[pair.Source] + targetMessages[pair.Target]);
            if (dice > bestTarget[pair.Source].Dice) bestTarget[pair.Source] = (dice, pair.Target);
            if (dice > bestSource[pair.Target].Dice) bestSource[pair.Target] = (dice, pair.Source);
        }

        return [.. Enumerable.Range(0, source.Count)
            .Where(word => bestTarget[word].Dice >= LowestDice && bestSource[bestTarget[word].Word].Word == word)
            .Select(word => new BilingualPair(source.Words[word], target.Words[bestTarget[word].Word]))];
    }

    /// <summary>English words stand in Chinese messages too; they are no translations.</summary>
    private static bool IsChinese(string word) => word.Any(character => character >= '\u2E80');

    private static HashSet<int> WordsOf(string text, IWordTokenizer tokenizer, WordVectors vectors)
    {
        WordBuffer words = new();
        tokenizer.Tokenize(text, words);
        HashSet<int> found = [.. Enumerable.Range(0, words.Count).Select(word => vectors.IndexOf(words[word]))];
        found.Remove(-1);
        return found;
    }
}
