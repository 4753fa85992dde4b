using NlpPretrain.Text;

namespace NlpPretrain.Training;

/// <summary>Evaluates tuned models of any family on labelled examples, with the usual metrics of each task.</summary>
public static class Evaluate
{
    /// <summary>Classifies each text and compares.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples, at least one.</param>
    /// <param name="cancellationToken">Stops between two examples.</param>
    /// <exception cref="ArgumentException">There is no example, or no example has a class of the model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationReport Classification(
        ITextClassifier model, IReadOnlyList<TextExample> examples, CancellationToken cancellationToken = default)
    {
        Check(model, examples);
        RequireKnownLabel(model.Labels, examples.Select(example => example.Label));
        IReadOnlyList<Prediction> predicted = model.ClassifyBatch([.. examples.Select(example => example.Text)], cancellationToken);
        return Compare([.. examples.Select(example => example.Label)], predicted);
    }

    /// <summary>Classifies each pair of texts and compares.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples, at least one.</param>
    /// <param name="cancellationToken">Stops between two examples.</param>
    /// <exception cref="ArgumentException">There is no example, or no example has a class of the model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationReport Pairs(
        IPairClassifier model, IReadOnlyList<PairExample> examples, CancellationToken cancellationToken = default)
    {
        Check(model, examples);
        RequireKnownLabel(model.Labels, examples.Select(example => example.Label));
        IReadOnlyList<Prediction> predicted = model.ClassifyBatch([.. examples.Select(example => (example.First, example.Second))], cancellationToken);
        return Compare([.. examples.Select(example => example.Label)], predicted);
    }

    /// <summary>Scores each pair of texts and correlates the scores with the right ones.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples, at least two.</param>
    /// <param name="cancellationToken">Stops between two examples.</param>
    /// <exception cref="ArgumentException">There are fewer than two examples, or a score is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SimilarityReport Similarity(
        ISimilarityScorer model, IReadOnlyList<ScoredPairExample> examples, CancellationToken cancellationToken = default)
    {
        Check(model, examples);
        double[] expected = [.. examples.Select(example => example.Score)];
        IReadOnlyList<double> scores = model.ScoreBatch([.. examples.Select(example => (example.First, example.Second))], cancellationToken);
        return new SimilarityReport(examples.Count, Correlations.Pearson(scores, expected), Correlations.Spearman(scores, expected));
    }

    /// <summary>Lets the model choose, and compares.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples, at least one.</param>
    /// <param name="cancellationToken">Stops between two examples.</param>
    /// <exception cref="ArgumentException">There is no example.</exception>
    /// <exception cref="InvalidOperationException">The model chose a choice that does not exist.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ChoiceReport Choices(
        IChoiceSelector model, IReadOnlyList<ChoiceExample> examples, CancellationToken cancellationToken = default)
    {
        Check(model, examples);
        IReadOnlyList<int> chosen = model.ChooseBatch([.. examples.Select(example => (example.Context, example.Choices))], cancellationToken);
        return new ChoiceReport(examples.Count, examples.Index().Count(example => Require(chosen[example.Index], example.Item) == example.Item.Answer));
    }

    /// <summary>Tags each sentence and compares, word by word and, where the right tags mark entities, entity by entity.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples, at least one word in all.</param>
    /// <param name="cancellationToken">Stops between two examples.</param>
    /// <exception cref="ArgumentException">
    /// There is no word, an example has another number of tags than words or a tag that the model does not know, or the right tags mark entities and a predicted one does not.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model gave another number of tags than words.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static TaggingReport Tagging(
        ITagger model, IReadOnlyList<TaggedExample> examples, CancellationToken cancellationToken = default)
    {
        Check(model, examples);
        for (int i = 0; i < examples.Count; i++)
        {
            if (examples[i].Tags.Count != examples[i].Words.Count)
                throw new ArgumentException($"Example {i} has {examples[i].Tags.Count} tags for {examples[i].Words.Count} words.", nameof(examples));
            // Where "B-per" were right and "B-PER" predicted, every entity would be wrong and nothing would say why.
            if (examples[i].Tags.FirstOrDefault(tag => !model.Labels.Contains(tag)) is { } unknown)
            {
                throw new ArgumentException($"Example {i} has the tag '{unknown}', which is none of the model's ({string.Join(", ", model.Labels.Take(20))}); " +
                    "give the fine-tuner every tag of the task when it is constructed.", nameof(examples));
            }
        }

        IReadOnlyList<string>[] expected = [.. examples.Select(example => example.Tags)];
        IReadOnlyList<IReadOnlyList<string>> predicted = model.TagBatch([.. examples.Select(example => example.Words)], cancellationToken);
        for (int i = 0; i < examples.Count; i++)
        {
            if (predicted[i].Count != expected[i].Count) throw new InvalidOperationException($"The model gave {predicted[i].Count} tags for {expected[i].Count} words.");
        }

        var words = ClassificationReport.Compare([.. expected.SelectMany(tags => tags)], [.. predicted.SelectMany(tags => tags)]);
        bool marksEntities = expected.All(tags => tags.All(EntityReport.IsTag));
        return new TaggingReport(words, marksEntities ? EntityReport.Compare(expected, predicted) : null);
    }

    /// <summary>Extracts the answer of each question and compares, as the official script of SQuAD 2.0 does: see <see cref="SpanReport"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples, at least one.</param>
    /// <param name="cancellationToken">Stops between two examples.</param>
    /// <exception cref="ArgumentException">There is no example, or a right answer is not in its context.</exception>
    /// <exception cref="InvalidOperationException">The model gave an answer that is not in the context.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SpanReport Spans(ISpanExtractor model, IReadOnlyList<SpanExample> examples, CancellationToken cancellationToken = default)
    {
        Check(model, examples);
        string[][] expected = [.. examples.Select((example, index) => (string[])[.. example.Answers.Select(answer => SpanScores.TextOf(example, answer, index))])];
        IReadOnlyList<Range?> predicted = model.ExtractBatch([.. examples.Select(example => (example.Question, example.Context))], cancellationToken);
        return SpanReport.Compare(expected, [.. predicted.Select((place, index) => place is { } range ? SpanScores.PredictedText(examples[index], range) : "")]);
    }

    private static void Check<TExample>(object model, IReadOnlyList<TExample> examples)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new ArgumentException("There is no example to evaluate on; give at least one.", nameof(examples));
    }

    // A class that the model was not tuned on counts as wrong; but where all are such, "1" and "positive" were mixed up.
    private static void RequireKnownLabel(IReadOnlyList<string> known, IEnumerable<string> labels)
    {
        if (labels.Any(known.Contains)) return;
        string names = string.Join(", ", known.Take(8).Select(label => $"'{label}'"));
        throw new ArgumentException($"No example has a class of the model, which knows {names}; the first has '{labels.First()}'.", nameof(labels));
    }

    private static ClassificationReport Compare(IReadOnlyList<string> expected, IReadOnlyList<Prediction> predicted) =>
        ClassificationReport.Compare(expected, [.. predicted.Select(prediction => prediction.Label)]);

    private static int Require(int choice, ChoiceExample example) => choice >= 0 && choice < example.Choices.Count
        ? choice
        : throw new InvalidOperationException($"The model chose {choice} of {example.Choices.Count} choices.");
}
