using System.Text.Json;
using NlpPretrain.Serialization;
using NlpPretrain.Tensors;
using NlpPretrain.Testing;

namespace NlpPretrain.Bert.Tests.FineTuning;

public sealed class BertTunedFileTests
{
    private static readonly BertModel Pretrained = new(ToyTasks.Config, 1);

    [Fact]
    public void What_is_loaded_predicts_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        BertTextClassifier texts = new BertTextClassification(ToyTasks.Tokenizer, ["yes", "no"]) { Tuning = new() { MaxLength = 9, ClassifierDropout = 0.25f } }.CreateTuned(Pretrained, 5);
        texts.Save(folder.File("text"));
        BertTextClassifier loaded = BertTextClassifier.Load(folder.File("text"));
        loaded.Probabilities("the good").Should().Equal(texts.Probabilities("the good"));
        (loaded.Labels[0], loaded.Tuned.Inputs.MaxLength, loaded.Tuned.Dropout).Should().Be(("yes", 9, 0.25f));

        BertPairClassifier pairs = new BertPairClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5);
        pairs.Save(folder.File("pair"));
        BertPairClassifier.Load(folder.File("pair")).Probabilities("the good", "bad").Should().Equal(pairs.Probabilities("the good", "bad"));

        BertSimilarityScorer scorer = new BertSimilarity(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5);
        scorer.Scale = new(2.5, 0.7);
        scorer.Save(folder.File("similarity"));
        BertSimilarityScorer.Load(folder.File("similarity")).Score("the good", "bad").Should().Be(scorer.Score("the good", "bad"));

        BertChoiceSelector choices = new BertMultipleChoice(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5);
        choices.Save(folder.File("choice"));
        BertChoiceSelector.Load(folder.File("choice")).Probabilities("the", ["good", "bad"]).Should().Equal(choices.Probabilities("the", ["good", "bad"]));

        BertTagger tagger = new BertTagging(ToyTasks.Tokenizer, ["POS", "NEG", "O"]).CreateTuned(Pretrained, 5);
        tagger.Save(folder.File("tags"));
        BertTagger.Load(folder.File("tags")).Predict(["the", "good"]).Should().Equal(tagger.Predict(["the", "good"]));

        BertSpanOptions spans = new() { DocumentStride = 3, MaxQuestionLength = 4, NullThreshold = 0.5, MaxAnswerLength = 2, Candidates = 7 };
        BertSpanExtractor extractor = new BertSpanExtraction(ToyTasks.Tokenizer) { Spans = spans, Tuning = new() { MaxLength = 12 } }.CreateTuned(Pretrained, 5);
        extractor.Save(folder.File("spans"));
        BertSpanExtractor read = BertSpanExtractor.Load(folder.File("spans"));
        read.Spans.Should().Be(spans);
        read.Answers("good ?", "the fine run to walk bad the run").Should().Equal(extractor.Answers("good ?", "the fine run to walk bad the run"));
    }

    [Theory]
    [InlineData("text", "BertForSequenceClassification", "bert.pooler.dense.weight bert.pooler.dense.bias classifier.weight classifier.bias")]
    [InlineData("choice", "BertForMultipleChoice", "bert.pooler.dense.weight bert.pooler.dense.bias classifier.weight classifier.bias")]
    [InlineData("tags", "BertForTokenClassification", "classifier.weight classifier.bias")]
    [InlineData("spans", "BertForQuestionAnswering", "qa_outputs.weight qa_outputs.bias")]
    public void The_folder_has_the_names_of_Hugging_Face(string task, string architecture, string names)
    {
        using TemporaryFolder folder = new();
        Create(task).Save(folder.Path);
        using SafeTensorsReader reader = SafeTensorsReader.Open(folder.File("model.safetensors"));
        string[] all = [.. reader.Tensors.Select(tensor => tensor.Name)];
        all.Where(name => !name.Contains("bert.embeddings.") && !name.Contains("bert.encoder.")).Should().BeEquivalentTo(names.Split(' '));
        all.Should().Contain("bert.encoder.layer.0.attention.self.query.weight");

        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(folder.File("config.json")));
        config.RootElement.GetProperty("architectures")[0].GetString().Should().Be(architecture);
        if (task is "text" or "tags")
        {
            config.RootElement.GetProperty("id2label").GetProperty("1").GetString().Should().Be("no");
            config.RootElement.GetProperty("label2id").GetProperty("no").GetInt32().Should().Be(1);
        }

        if (task == "choice") reader["classifier.bias"].Shape.Should().Equal(1);
    }

    [Fact]
    public void A_folder_without_what_this_library_adds_is_read()
    {
        using TemporaryFolder folder = new();
        BertTextClassifier texts = new BertTextClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5);
        texts.Save(folder.Path);
        File.Delete(folder.File("task.json"));
        BertPairClassifier pairs = BertPairClassifier.Load(folder.Path);                     // their class does not tell texts from pairs
        (pairs.Labels[0], pairs.Tuned.Inputs.MaxLength, pairs.Tuned.Dropout).Should().Be(("yes", 24, 0.1f));
        BertTextClassifier.Load(folder.Path).Probabilities("the good").Should().Equal(texts.Probabilities("the good"));

        string config = File.ReadAllText(folder.File("config.json"));
        using JsonDocument parsed = JsonDocument.Parse(config);
        File.WriteAllText(folder.File("config.json"), JsonSerializer.Serialize(parsed.RootElement.EnumerateObject()
            .Where(field => field.Name is not ("id2label" or "label2id" or "architectures" or "classifier_dropout")).ToDictionary(field => field.Name, field => field.Value)));
        BertTextClassifier.Load(folder.Path).Labels.Should().Equal("LABEL_0", "LABEL_1");
    }

    [Fact]
    public void A_folder_of_another_task_or_a_bad_file_is_refused()
    {
        using TemporaryFolder folder = new();
        Create("text").Save(folder.Path);
        FluentActions.Invoking(() => BertPairClassifier.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*task: expected pair classification, found text classification*");
        string task = File.ReadAllText(folder.File("task.json")), config = File.ReadAllText(folder.File("config.json"));
        Refused("task.json", task.Replace("24", "2400"), "*max_length*");
        Refused("task.json", task.Replace("24", "4"), "*max_length*");
        Refused("task.json", "{}", "*task*");
        Refused("task.json", task.Replace("\"score_deviation\": null", "\"score_deviation\": -1"), "*score_deviation*");
        File.Delete(folder.File("task.json"));
        Refused("config.json", config.Replace("\"1\": \"no\"", "\"1\": \"yes\""), "*id2label*");
        Refused("config.json", config.Replace("\"1\": \"no\"", "\"2\": \"no\""), "*id2label*");
        Refused("config.json", config.Replace("\"1\": \"no\"", "\"1\": \"no\", \"2\": \"maybe\""), "*classifier.weight*");
        Refused("config.json", config.Replace("\"classifier_dropout\": 0.1", "\"classifier_dropout\": 1.5"), "*classifier_dropout*");
        Refused("config.json", config.Replace("BertForSequenceClassification", "BertForTokenClassification"), "*architectures: expected 'BertForSequenceClassification'*");
        FluentActions.Invoking(() => BertTagger.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*architectures*");

        Create("tags").Save(folder.Path);
        File.Delete(folder.File("task.json"));
        File.WriteAllText(folder.File("config.json"), File.ReadAllText(folder.File("config.json")).Replace("BertForTokenClassification", "BertForSequenceClassification"));
        FluentActions.Invoking(() => BertTextClassifier.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*a pooler*");

        void Refused(string file, string content, string message)
        {
            string before = File.Exists(folder.File(file)) ? File.ReadAllText(folder.File(file)) : content;
            content.Should().NotBe(before, message);
            File.WriteAllText(folder.File(file), content);
            FluentActions.Invoking(() => BertTextClassifier.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage(message);
            File.WriteAllText(folder.File(file), before);
        }
    }

    [Theory]
    [InlineData("0.7", "0", "score_deviation")]
    [InlineData("0.7", "-0.7", "score_deviation")]
    [InlineData("2.5", "1e999", "score_mean")]
    [InlineData("2.5", "null", "score_mean")]
    [InlineData("0.7", "null", "score_mean")]
    public void A_scale_that_is_none_is_refused(string value, string other, string field)
    {
        using TemporaryFolder folder = new();
        BertSimilarityScorer scorer = new BertSimilarity(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5);
        scorer.Scale = new(2.5, 0.7);
        scorer.Save(folder.Path);
        File.WriteAllText(folder.File("task.json"), File.ReadAllText(folder.File("task.json")).Replace(value, other));
        FluentActions.Invoking(() => BertSimilarityScorer.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage($"*{field}*");
    }

    [Fact]
    public void Rules_of_spans_that_cannot_be_are_refused()
    {
        using TemporaryFolder folder = new();
        Create("spans").Save(folder.Path);
        string task = File.ReadAllText(folder.File("task.json"));
        foreach (string wrong in new[] { "\"max_question_length\": 40", "\"max_question_length\": 0" })
        {
            File.WriteAllText(folder.File("task.json"), task.Replace("\"max_question_length\": 4", wrong));
            FluentActions.Invoking(() => BertSpanExtractor.Load(folder.Path)).Should().Throw<ModelFormatException>().WithMessage("*spans*BertSpanOptions.MaxQuestionLength*");
        }
    }

    [Fact]
    public void A_tuned_model_is_a_model_to_start_from()
    {
        BertTagger tagger = new BertTagging(ToyTasks.Tokenizer, ["POS", "NEG"]).CreateTuned(Pretrained, 5);
        BertTextClassifier texts = new BertTextClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(tagger.Model, 6);
        foreach ((Parameter mine, Parameter theirs) in texts.Model.Parameters.Zip(tagger.Model.Parameters)) mine.Data.SequenceEqual(theirs.Data).Should().BeTrue(mine.Name);
        texts.Model.Parameters[^1].Name.Should().Be("bert.pooler.dense.bias");
        texts.Model.Parameters[^2].Data.ToArray().Should().Contain(value => value != 0, "a pooler that was not there begins anew");
    }

    private static BertTunedModel Create(string task) => task switch
    {
        "text" => new BertTextClassification(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5),
        "choice" => new BertMultipleChoice(ToyTasks.Tokenizer).CreateTuned(Pretrained, 5),
        "tags" => new BertTagging(ToyTasks.Tokenizer, ["yes", "no"]).CreateTuned(Pretrained, 5),
        _ => new BertSpanExtraction(ToyTasks.Tokenizer) { Spans = new() { MaxQuestionLength = 4 } }.CreateTuned(Pretrained, 5),
    };
}
