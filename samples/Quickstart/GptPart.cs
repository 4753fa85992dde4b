using NlpPretrain.Gpt;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>GPT reads a text from its begin, and tells how it goes on.</summary>
internal static class GptPart
{
    public static async Task<Contestant> RunAsync(Documentation documentation, Settings settings)
    {
        // 1. A vocabulary of byte-level pieces made from the text.
        BytePairTrainerOptions pieces = new() { VocabularySize = settings.Quick ? 1_000 : 4_000, Workers = settings.Workers };
        Tokenizer tokenizer = Gpt2Tokenizer.Create(BytePairTrainer.Train(documentation.Corpus, pieces, cancellationToken: settings.Stop));

        // 2. A decoder of two blocks, trained to tell the next piece.
        GptPretrainer pretrainer = new(tokenizer);
        GptConfig config = new()
        {
            Architecture = GptArchitecture.Gpt2, Layers = 2, Heads = 4, Width = 128, ContextLength = 64, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0,
        };
        GptModel model = pretrainer.CreateModel(config, seed: 1);
        TrainingOptions options = new() { Workers = settings.Workers, Steps = settings.Quick ? 20 : 1_000, BatchSize = 16, LearningRate = 2e-3 };
        await TrainingDisplay.ShowAsync(pretrainer.PretrainAsync(model, documentation.Corpus, options, settings.Stop), "tokens");

        // 3. The model goes on with what it is given, one piece at a time.
        GptGenerator generator = new(model, tokenizer);
        foreach (string begin in (string[])["Returns a value that indicates whether", "Reads the next"])
        {
            Console.Write($"  {begin}");
            await foreach (string text in generator.StreamAsync(begin, new() { MaxNewTokens = 24, Temperature = 0.7, TopK = 40, StopStrings = ["\n"] })) Console.Write(text);
            Console.WriteLine();
        }

        // 4. The model with its tokenizer: a folder in Hugging Face's layout.
        model.Save(settings.FolderOf("gpt"), tokenizer);
        settings.Stop.ThrowIfCancellationRequested();

        // 5. A classifier that reads a sentence and what the model makes of its end.
        GptTextClassification task = GptTextClassification.FromExamples(tokenizer, documentation.Task.Training);
        return Contestant.Create("GPT", task, model, pretrainer.CreateModel(config, seed: 2), new() { Epochs = 10, BatchSize = 16, LearningRate = 1e-3 });
    }
}
