using NlpPretrain.Bert;
using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>BERT reads a text from both sides at once, and tells the words that are masked.</summary>
internal static class BertPart
{
    public static async Task<Contestant> RunAsync(Documentation documentation, Settings settings)
    {
        // 1. A vocabulary of word pieces made from the text.
        WordPieceTrainerOptions pieces = new() { VocabularySize = settings.Quick ? 1_000 : 2_000, Workers = settings.Workers };
        Tokenizer tokenizer = BertTokenizer.Create(WordPieceTrainer.Train(documentation.Corpus, pieces, cancellationToken: settings.Stop));

        // 2. An encoder of two blocks, trained to tell masked words, and whether two segments follow each other.
        // In a minute it learns most from short sequences, a small vocabulary, and an optimizer that forgets its first, large gradients soon: else it tells the most frequent words, whatever the text.
        BertPretrainer pretrainer = new(tokenizer) { Data = new() { SequenceLength = 32, DuplicateFactor = 1, MaskProbability = 0.2 } };
        BertConfig config = BertConfig.Tiny with { ContextLength = 64, Dropout = 0, AttentionDropout = 0, InitialDeviation = 0.05 };
        BertPretrainingModel model = pretrainer.CreateModel(config, seed: 1);
        TrainingOptions options = new()
        {
            Workers = settings.Workers, Steps = settings.Quick ? 20 : 4_000, BatchSize = 32, LearningRate = 1e-3, SecondDecay = 0.98, Schedule = LearningRateSchedules.Linear(warmUp: 0.05),
        };
        await TrainingDisplay.ShowAsync(pretrainer.PretrainAsync(model, documentation.Corpus, options, settings.Stop), "tokens");

        // 3. The model tells what stands at the mask.
        BertFillMask fillMask = new(model, tokenizer);
        foreach (string sentence in (string[])["Returns a value that indicates [MASK] this instance is equal to a specified object.", "The stream does not [MASK] reading."])
        {
            Console.WriteLine($"  {sentence}");
            Console.WriteLine($"    {string.Join("   ", fillMask.Fill(sentence)[0].Select(candidate => $"{candidate.Piece} {candidate.Probability:P0}"))}");
        }

        // 4. The model with its tokenizer: a folder in Hugging Face's layout.
        model.Save(settings.FolderOf("bert"), tokenizer);
        settings.Stop.ThrowIfCancellationRequested();

        // 5. A classifier over the vector of the first token.
        BertTextClassification task = BertTextClassification.FromExamples(tokenizer, documentation.Task.Training);
        return Contestant.Create("BERT", task, model.Model, pretrainer.CreateModel(config, seed: 2).Model, new() { Epochs = 20, BatchSize = 16, LearningRate = 1e-3 });
    }
}
