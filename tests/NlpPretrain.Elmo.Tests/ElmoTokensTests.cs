using System.Text;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests;

public class ElmoTokensTests
{
    private static readonly ElmoConfig Ten = TinyElmo.Characters with { Characters = TinyElmo.Characters.Characters! with { MostCharacters = 10 } };

    private static readonly ElmoVocabulary Vocabulary = ElmoVocabulary.Create(WordVocabulary.Create(["the", "苹果", "cat"], [9, 5, 5]));

    [Fact]
    public void Words_are_bytes_between_marks_as_in_bilm_tf()
    {
        ElmoTokens tokens = new(Ten);
        tokens.TokenSize.Should().Be(10);
        int[] numbers = tokens.Encode(["cat", "苹果", "é"]);
        numbers.Chunk(10).Should().BeEquivalentTo((int[][])
        [
            [258, 256, 259, 260, 260, 260, 260, 260, 260, 260],
            [258, 'c', 'a', 't', 259, 260, 260, 260, 260, 260],
            [258, .. Encoding.UTF8.GetBytes("苹果"), 259, 260, 260],
            [258, 0xC3, 0xA9, 259, 260, 260, 260, 260, 260, 260],
            [258, 257, 259, 260, 260, 260, 260, 260, 260, 260],
        ], options => options.WithStrictOrdering());
    }

    [Fact]
    public void Long_words_are_cut_to_the_bytes_that_fit()
    {
        ElmoTokens tokens = new(Ten);
        int[] token = new int[10];
        tokens.Write("abcdefgh", token);
        token.Should().Equal(258, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 259);
        tokens.Write("abcdefghi", token);
        token.Should().Equal(258, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 259);
        tokens.Write("苹果汁", token);
        token.Should().Equal([258, .. Encoding.UTF8.GetBytes("苹果汁")[..8].Select(one => (int)one), 259]);
    }

    [Fact]
    public void A_word_that_is_too_long_is_an_error_where_it_is_not_cut()
    {
        ElmoTokens tokens = new(Ten) { CutsLongWords = false };
        tokens.Encode(["abcdefgh", "苹果"]).Should().Equal(new ElmoTokens(Ten).Encode(["abcdefgh", "苹果"]));
        FluentActions.Invoking(() => tokens.Encode(["cat", "苹果汁"])).Should().Throw<ArgumentException>()
            .WithMessage("The word '苹果汁' has 9 bytes of UTF-8; this model was configured for 8, and two marks (ElmoCharacterConfig.MostCharacters). Leave it out, or let long words be cut (ElmoTokens.CutsLongWords).*");
    }

    [Fact]
    public void Begin_and_end_in_a_text_are_the_marks_and_lone_surrogates_are_left_out()
    {
        ElmoTokens tokens = new(Ten);
        int[] numbers = tokens.Encode(["<S>", "</S>", "a\ud800b", "\udc00"]);
        int[][] all = [.. numbers.Chunk(10)];
        all[1].Should().Equal(tokens.Begin.ToArray()).And.Equal(all[0]);
        all[2].Should().Equal(tokens.End.ToArray()).And.Equal(all[5]);
        all[3].Should().Equal(258, 'a', 'b', 259, 260, 260, 260, 260, 260, 260);
        all[4].Should().Equal(258, 259, 260, 260, 260, 260, 260, 260, 260, 260);
    }

    [Fact]
    public void Words_are_ids_of_the_vocabulary_where_the_model_has_no_characters()
    {
        Vocabulary.Words.Words.Should().Equal("</S>", "<S>", "<UNK>", "the", "苹果", "cat");
        ElmoTokens tokens = new(TinyElmo.Words with { VocabularySize = 6 }, Vocabulary);
        tokens.Encode(["cat", "dog", "苹果", "</S>"]).Should().Equal(1, 5, 2, 4, 0, 0);
        (tokens.TokenSize, tokens.Begin.ToArray()[0], tokens.End.ToArray()[0]).Should().Be((1, 1, 0));
    }

    [Fact]
    public void Bad_words_and_sentences_are_refused()
    {
        ElmoTokens tokens = new(Ten);
        Refused(() => tokens.Encode([]), "The sentence is empty; a model needs at least one word.*");
        Refused(() => tokens.Encode(["a", ""]), "Word 1 of the sentence is empty; a word has at least one character.*");
        Refused(() => tokens.Write("", new int[10]), "The word is empty; a word has at least one character.*");
        Refused(() => tokens.Write("a", new int[9]), "A token has 10 numbers, and there is room for 9 (ElmoTokens.TokenSize).*");
        Refused(() => _ = new ElmoTokens(TinyElmo.Words), "This model reads words as ids of its vocabulary, and none was given (ElmoConfig.Characters).*");
        Refused(() => _ = new ElmoTokens(TinyElmo.Words, Vocabulary), "The vocabulary has 6 words and the model 23 (ElmoConfig.VocabularySize); give the one that the model was trained with.*");
        Refused(() => _ = new ElmoVocabulary(WordVocabulary.Create(["<S>", "<UNK>"])), "The vocabulary has no word '</S>'; ElmoVocabulary.Create adds the three special ones to words of a text.*");

        static void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void A_vocabulary_that_is_not_in_the_order_of_frequency_is_refused_where_it_matters()
    {
        Vocabulary.RequireFallingCounts();
        ElmoVocabulary.Create(WordVocabulary.Create(["a", "b", "</S>"])).RequireFallingCounts();
        ElmoVocabulary.Create(WordVocabulary.Create(["a", "</S>", "b", "c"], [3, 900, 0, 3])).RequireFallingCounts();
        ElmoVocabulary wrong = ElmoVocabulary.Create(WordVocabulary.Create(["a", "<UNK>", "b"], [3, 1, 4]));
        wrong.Words.Words.Should().Equal("</S>", "<S>", "a", "<UNK>", "b");
        FluentActions.Invoking(wrong.RequireFallingCounts).Should().Throw<InvalidOperationException>()
            .WithMessage("The vocabulary is not in the order of falling frequency: word 4, 'b', is there 4 times and word 2, 'a', before it 3 times. A sampled softmax draws words by their place: *");
    }
}
