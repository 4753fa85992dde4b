using System.CommandLine;
using NlpPretrain.Bert;
using NlpPretrain.Elmo;
using NlpPretrain.Experiments.Elmo;
using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Experiments.Senses;

/// <summary>Whether the vectors of one word tell its senses apart: one vector a word cannot, and a model that reads the context may.</summary>
internal sealed class SensesSuite : Suite
{
    private readonly Option<string> _word, _tokens;
    private readonly Option<FileInfo> _sentences;
    private readonly Option<DirectoryInfo> _elmo, _gpt, _bert;
    private readonly Option<double> _penalty;

    public SensesSuite() : base("senses", "Whether the vectors of one word, of each family, tell which of two senses a sentence means")
    {
        _word = Add(new Option<string>("--word") { Description = "The word", HelpName = "word", DefaultValueFactory = _ => "苹果" });
        _sentences = Add(new Option<FileInfo>("--sentences") { Description = "Lines of a sense, a source and a sentence, with tabs between them and a title line; apple-senses/probe.tsv where it is absent", HelpName = "file" }.AcceptExistingOnly());
        _elmo = Add(OptionOf.ExistingFolder("--elmo", "A model of wikitext2-elmo --language zh"));
        _tokens = Add(OptionOf.Word("--tokens", "What its tokens are: words of jieba's dictionary, or characters", "words", "characters"));
        _gpt = Add(OptionOf.ExistingFolder("--gpt", "A GPT"));
        _bert = Add(OptionOf.ExistingFolder("--bert", "A model of wikitext2-bert --language zh"));
        _penalty = Add(OptionOf.Number("--penalty", 1, "Weight of the squared norm in the logistic probe", double.Epsilon));
    }

    protected override async Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken)
    {
        string word = options.GetRequiredValue(_word);
        TextExample[] examples = [.. File.ReadLines(options.GetValue(_sentences)?.FullName ?? options.Data("apple-senses", "probe.tsv")).Skip(1).Select(line => line.Split('\t')).Select(parts => new TextExample(parts[2], parts[0]))];
        string[] texts = [.. examples.Select(example => example.Text)], labels = [.. examples.Select(example => example.Label)];
        Console.WriteLine($"{texts.Length} sentences with {word}: {string.Join(", ", labels.CountBy(label => label).Select(pair => $"{pair.Value} {pair.Key}"))}");

        ElmoTexts chinese = ElmoTexts.Chinese(options, options.GetValue(_tokens) == "characters");
        float[] one = await TrainWordAsync(word, ElmoTexts.Chinese(options, ofCharacters: false), options, cancellationToken).ConfigureAwait(false);
        Probe("word2vec", [.. texts.Select(_ => one)]);
        if (options.GetValue(_elmo) is { } elmo)
        {
            WordInSentence[] places = [.. texts.Select(text => WordInSentence.Find(text, word, chinese.Tokenizer))];
            ElmoEmbedder embedder = new(ElmoLanguageModel.Load(elmo.FullName).Model, ElmoVocabulary.Load(elmo.FullName));
            IReadOnlyList<ElmoVectors> vectors = embedder.EmbedBatch([.. places.Select(place => place.Words)], cancellationToken);
            for (int layer = 0; layer < vectors[0].Layers; layer++) Probe($"elmo-layer-{layer}", [.. vectors.Zip(places, (sentence, place) => place.Mean(i => sentence[layer, i].ToArray()))]);
            Probe("elmo-mix", [.. vectors.Zip(places, (sentence, place) => place.Mean(i => sentence.Average().AsSpan(i * sentence.Width, sentence.Width).ToArray()))]);
        }

        if (options.GetValue(_gpt) is { } gpt)
        {
            GptModel model = GptModel.Load(gpt.FullName);
            Probe("gpt", TokenVectorsOfWord.Gpt(model, TokenizerFolder.Load(gpt.FullName), texts, word));
        }

        if (options.GetValue(_bert) is { } bert)
        {
            BertModel model = BertModel.Load(bert.FullName);
            for (int layer = 0; layer <= model.Config.Layers; layer++)
                Probe($"bert-layer-{layer}", TokenVectorsOfWord.Bert(new BertEmbedder(model, TokenizerFolder.Load(bert.FullName), layer..(layer + 1)), texts, word));
        }

        return 0;

        void Probe(string model, float[][] vectors)
        {
            foreach ((string kind, ProbeReport report) in new[]
            {
                ("centroid", SenseProbe.NearestCentroid(vectors, labels)),
                ("logistic", SenseProbe.Logistic(vectors, labels, options.GetValue(_penalty))),
            })
            {
                Figure.Print($"senses/{model}-{kind}-accuracy", 100 * report.Accuracy, "F1", "%");
                Figure.Print($"senses/{model}-{kind}-auc", report.Auc, "F3", "auc", model.StartsWith("elmo-layer-", StringComparison.Ordinal) && model[^1] != '0' ? 0.95 : null);
            }
        }
    }

    /// <summary>The vector that a Word2Vec gives the word, in whatever sentence.</summary>
    private static async Task<float[]> TrainWordAsync(string word, ElmoTexts texts, ParseResult options, CancellationToken cancellationToken)
    {
        WordVocabulary vocabulary = WordVocabulary.Build(texts.Training, texts.Tokenizer, workers: options.Workers, cancellationToken: cancellationToken);
        Word2VecPretrainer pretrainer = new(vocabulary, texts.Tokenizer);
        Word2VecModel model = pretrainer.CreateModel(new() { Dimensions = 100 }, seed: 1);
        await pretrainer.PretrainAsync(model, texts.Training, new() { Epochs = 1, Workers = options.Workers }, cancellationToken).RunAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return model.ToWordVectors()[word].ToArray();
    }
}
