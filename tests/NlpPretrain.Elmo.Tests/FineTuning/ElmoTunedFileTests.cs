using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Elmo.Tests.FineTuning;

public sealed class ElmoTunedFileTests
{
    private static readonly ElmoModel Pretrained = ToyElmo.Model();

    [Fact]
    public void What_is_loaded_predicts_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        ElmoTextClassifier texts = Changed(new ElmoTextClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"])
        {
            Tuning = new() { MaxLength = 9, ClassifierDropout = 0.25f, VectorDropout = 0.75f, HeadCells = 7, NormalizesLayers = true },
        }.CreateTuned(Pretrained, 5));
        texts.Save(folder.File("text"));
        ElmoTextClassifier loaded = ElmoTextClassifier.Load(folder.File("text"));
        loaded.Probabilities("the good").Should().Equal(texts.Probabilities("the good"));
        (loaded.Labels[0], loaded.Tuned.Inputs.MaxLength, loaded.Tuned.Form.Dropout, loaded.Tuned.VectorDropout, loaded.Tuned.Form.Cells, loaded.Tuned.Normalizes).Should().Be(("yes", 9, 0.25f, 0.75f, 7, true));

        ElmoPairClassifier pairs = Changed(new ElmoPairClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5));
        pairs.Save(folder.File("pair"));
        ElmoPairClassifier.Load(folder.File("pair")).Probabilities("the good", "bad").Should().Equal(pairs.Probabilities("the good", "bad"));

        ElmoSimilarityScorer scorer = Changed(new ElmoSimilarity(null, ToyElmo.Tokenizer).CreateTuned(new(ToyElmo.Characters, 1), 5));
        scorer.Scale = new(2.5, 0.7);
        scorer.Save(folder.File("similarity"));
        ElmoSimilarityScorer.Load(folder.File("similarity")).Score("the good", "bad").Should().Be(scorer.Score("the good", "bad"));
        File.Exists(folder.File("similarity/vocabulary.txt")).Should().BeFalse("a model of characters was tuned without a vocabulary");

        ElmoTagger tagger = Changed(new ElmoTagging(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["POS", "NEG", "O"]).CreateTuned(Pretrained, 5));
        tagger.Save(folder.File("tags"));
        ElmoTagger.Load(folder.File("tags")).Predict(["The", "good"]).Should().Equal(tagger.Predict(["The", "good"]));

        ElmoSpanOptions spans = new() { DocumentStride = 3, MaxQuestionLength = 4, NullThreshold = 0.5, MaxAnswerLength = 2, Candidates = 7 };
        ElmoSpanExtractor extractor = Changed(new ElmoSpanExtraction(ToyElmo.Vocabulary, ToyElmo.Tokenizer) { Spans = spans, Tuning = new() { MaxLength = 5 } }.CreateTuned(Pretrained, 5));
        extractor.Save(folder.File("spans"));
        ElmoSpanExtractor read = ElmoSpanExtractor.Load(folder.File("spans"));
        read.Spans.Should().Be(spans);
        read.Answers("good ?", "the fine run to walk bad the run").Should().Equal(extractor.Answers("good ?", "the fine run to walk bad the run"));
    }

    [Fact]
    public void The_tokenizer_is_in_the_folder_or_has_to_be_given()
    {
        using TemporaryFolder folder = new();
        WordTokenizer words = new(new() { LowerCase = false, KeepHyphens = true, NumberToken = "#" });
        Create(words).Save(folder.Path);
        ElmoTextClassifier.Load(folder.Path).Tuned.Inputs.Tokenizer.Should().BeOfType<WordTokenizer>().Which.Options.Should().Be(words.Options);
        Create(new WhitespaceTokenizer(lowerCase: true)).Save(folder.Path);
        ElmoTextClassifier.Load(folder.Path).Tuned.Inputs.Tokenizer.Should().BeOfType<WhitespaceTokenizer>().Which.LowerCase.Should().BeTrue();

        PhraseTokenizer phrases = new(new WordTokenizer(), []);
        Create(phrases).Save(folder.Path);
        FluentActions.Invoking(() => ElmoTextClassifier.Load(folder.Path)).Should().Throw<ArgumentException>().WithMessage("*tuned with a tokenizer that a folder does not hold; give an equal one*");
        ElmoTextClassifier.Load(folder.Path, phrases).Tuned.Inputs.Tokenizer.Should().BeSameAs(phrases);
    }

    [Fact]
    public void A_tuned_folder_is_a_model_to_start_from()
    {
        using TemporaryFolder folder = new();
        ElmoTextClassifier texts = Create(ToyElmo.Tokenizer);
        texts.Save(folder.Path);
        ElmoModel model = ElmoModel.Load(folder.Path);
        ElmoTagger tagger = new ElmoTagging(ElmoVocabulary.Load(folder.Path), ToyElmo.Tokenizer, ["POS", "NEG"]).CreateTuned(model, 6);
        ToyElmo.Weights(tagger.Model.Parameters).Should().Equal(ToyElmo.Weights(Pretrained.Parameters));
        new ElmoTextClassification(ToyElmo.Vocabulary, ToyElmo.Tokenizer, ["yes", "no"]).CreateTuned(texts.Model, 5).Classify("good").Should().Be(texts.Classify("good"));
        FluentActions.Invoking(() => ElmoLanguageModel.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*'softmax.weight' none*");
    }

    [Fact]
    public void A_folder_of_another_task_or_a_bad_file_is_refused()
    {
        using TemporaryFolder folder = new();
        Create(ToyElmo.Tokenizer).Save(folder.Path);
        FluentActions.Invoking(() => ElmoPairClassifier.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*task: expected pair classification, found text classification*");
        string task = File.ReadAllText(folder.File("task.json"));
        Refused("task.json", task.Replace("\"max_length\": 512", "\"max_length\": 1"), "*MaxLength is 1*");
        Refused("task.json", task.Replace("\"head_cells\": 128", "\"head_cells\": 0"), "*HeadCells is 0*");
        Refused("task.json", task.Replace("\"head_cells\": 128", "\"head_cells\": 60000"), "*head.encoder.forward.hidden.weight*");
        Refused("task.json", task.Replace("\"vector_dropout\": 0.5", "\"vector_dropout\": 1.5"), "*VectorDropout is 1.5*");
        Refused("task.json", task.Replace("\"no\"", "\"yes\""), "*'yes' is given twice*");
        Refused("task.json", task.Replace("\"no\"", "\"no\", \"maybe\""), "*head.classifier.weight*");
        Refused("task.json", task.Replace("WordTokenizer", "Tokenizer"), "*tokenizer: expected 'WordTokenizer' or 'WhitespaceTokenizer', found Tokenizer*");
        Refused("task.json", task.Replace("\"score_deviation\": null", "\"score_deviation\": -1"), "*score_deviation*");
        Refused("task.json", "{}", "*task*");
        Refused("vocabulary.txt", File.ReadAllText(folder.File("vocabulary.txt")).Replace("dull 0\n", ""), "*words: expected the words of the model*");

        File.Delete(folder.File("task.json"));
        FluentActions.Invoking(() => ElmoTextClassifier.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*an ELMo without a task*");

        void Refused(string file, string content, string message)
        {
            string before = File.ReadAllText(folder.File(file));
            content.Should().NotBe(before, message);
            File.WriteAllText(folder.File(file), content);
            FluentActions.Invoking(() => ElmoTextClassifier.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
            File.WriteAllText(folder.File(file), before);
        }
    }

    private static ElmoTextClassifier Create(IWordTokenizer tokenizer) => new ElmoTextClassification(ToyElmo.Vocabulary, tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5);

    /// <summary>Every weight moved, so that none of them may be left out.</summary>
    private static TTuned Changed<TTuned>(TTuned tuned) where TTuned : ElmoTunedModel
    {
        int seed = 0;
        foreach (Parameter parameter in tuned.Tuned.Parameters)
        {
            Random random = new(++seed);
            foreach (ref float value in parameter.Data) value += (float)(random.NextDouble() - 0.5);
        }

        return tuned;
    }
}
