using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests;

/// <summary>Texts and models small enough for exhaustive tests.</summary>
internal static class PretrainingTexts
{
    internal static readonly WhitespaceTokenizer Tokenizer = new();

    internal static readonly InMemoryCorpus Corpus = new(Enumerable.Range(0, 60).Select(i => string.Join('\n', Enumerable.Range(0, 1 + i % 3).Select(j => string.Join(' ', Enumerable.Range(0, 1 + (i + j) % 9).Select(k => $"w{i * (k + 3) % 17}"))))));

    /// <summary>The words but for the rare ones, which are unknown.</summary>
    internal static readonly ElmoVocabulary Vocabulary = ElmoVocabulary.Create(WordVocabulary.Build(Corpus, Tokenizer, new() { MinCount = 1, MaxSize = 14 }));

    internal static readonly ElmoConfig Words = new() { Characters = null, Layers = 2, Cells = 24, Projection = 8, Dropout = 0 };

    internal static readonly ElmoConfig Characters = Words with { Characters = new() { EmbeddingSize = 4, Filters = [(1, 6), (2, 6)], Highways = 1, MostCharacters = 8 } };

    /// <summary>All sentences of a text, as they are read: each passage of the corpus is one or more.</summary>
    internal static List<string[]> SentencesOf(ICorpus corpus)
    {
        List<string[]> sentences = [];
        WordBuffer words = new();
        foreach (Passage passage in corpus.Read())
        {
            words.Clear();
            Tokenizer.Tokenize(passage.Text, words);
            int start = 0;
            foreach (int end in words.SentenceEnds)
            {
                List<string> sentence = [];
                for (; start < end; start++) sentence.Add(words[start].ToString());
                sentences.Add([.. sentence]);
            }
        }

        return sentences;
    }
}
