using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests.FineTuning;

/// <summary>What the model reads of texts and sentences, and what the head sees of it.</summary>
public sealed class ElmoInputsTests
{
    private static readonly ElmoVocabulary Vocabulary = ElmoVocabulary.Create(WordVocabulary.Create(["the", "cat", "sat", "it", "slept"]));

    [Theory]
    [InlineData("The cat sat.", "<S> the cat sat </S>", "1 2 3")]
    [InlineData("The cat sat. It slept!", "<S> the cat sat </S> <S> it slept </S>", "1 2 3 6 7")]
    [InlineData("Cat. Sat.", "<S> cat </S> <S> sat </S>", "1 4")]
    [InlineData("the dog", "<S> the <UNK> </S>", "1 2")]
    [InlineData("?!", "<S> <UNK> </S>", "1")]                                              // the tokenizer finds no word
    [InlineData("the cat. it sat. it slept. the cat", "<S> the cat </S> <S> it sat </S> <S> it </S>", "1 2 5 6 9")]      // of at most five words
    public void Texts_are_sentences_one_after_another(string text, string tokens, string places) => Check(Inputs(5).Text(text), tokens, places);

    [Fact]
    public void A_part_of_a_passage_has_the_mark_of_its_begin_and_the_ends_of_its_sentences()
    {
        ElmoInputs inputs = Inputs(100);
        ElmoWords words = inputs.Cut("the cat sat. it slept", "it", example: null);
        Check(inputs.Encode(words, 1, 3, marksBegin: true), "<S> cat sat </S> <S> it </S>", "0 1 2 5");
        Check(inputs.Encode(words, 2, 2, marksBegin: true), "<S> sat </S> <S> it </S>", "0 1 4");
        Check(inputs.Encode(words, 3, 9, marksBegin: true), "<S> it slept </S>", "0 1 2");
    }

    [Fact]
    public void Words_are_folded_and_of_several_pieces_the_head_sees_the_first()
    {
        ElmoSequence[] parts = Inputs(5).Words(["The", "cat-sat", ",", "it", "slept", "the"], "it", "words");
        parts.Should().HaveCount(2);
        Check(parts[0], "<S> the cat sat <UNK> it </S>", "1 2 4 5");
        Check(parts[1], "<S> slept the </S>", "1 2");
        Check(Inputs(2).Words(["cat-sat-it"], "it", "words").Single(), "<S> cat sat </S>", "1");
    }

    [Fact]
    public void Pairs_are_cut_each_for_itself()
    {
        ElmoSequence[] pair = Inputs(2).Pair("the cat sat", "it");
        Check(pair[0], "<S> the cat </S>", "1 2");
        Check(pair[1], "<S> it </S>", "1");
    }

    [Theory]
    [InlineData("the cat don't.", "the 0-3, cat 4-7, don't 8-13")]
    [InlineData("The Cat Don\u2019t", "the 0-3, cat 4-7, don't 8-13")]
    [InlineData("a\u00ADble, able", "able 0-5, able 7-11")]
    [InlineData("ＣＡＴ　cat", "cat 0-3, cat 4-7")]
    [InlineData("a. a b", "a 0-1, a 3-4, b 5-6")]
    [InlineData("in 1990, 3.14", "in 0-2, # 3-7, # 9-13")]
    [InlineData("1990", "# 0-4")]
    public void Words_are_found_where_they_stand(string text, string expected)
    {
        WordBuffer words = new();
        new WordTokenizer(new() { NumberToken = "#" }).Tokenize(text, words);
        string[] all = new ElmoWords(words).Words;
        string.Join(", ", all.Zip(WordPlaces.Find(text, all), (word, place) => $"{word} {place.Start}-{place.End}")).Should().Be(expected);
    }

    private static ElmoInputs Inputs(int maxLength) => new(new() { Characters = null, VocabularySize = Vocabulary.Count }, Vocabulary, new WordTokenizer(), maxLength);

    private static void Check(ElmoSequence sequence, string tokens, string places)
    {
        string.Join(' ', sequence.Numbers.Select(id => Vocabulary.Words[id])).Should().Be(tokens);
        sequence.Length.Should().Be(sequence.Numbers.Length);
        string.Join(' ', sequence.Places).Should().Be(places);
    }
}
