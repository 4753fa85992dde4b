namespace NlpPretrain.Training;

/// <summary>Predicted entities compared with the right ones: one is right where its first word, its last word and its type are.</summary>
/// <remarks>
/// Tags are "O", "B-TYPE" and "I-TYPE"; "B" and "I" alone have an empty type. An entity begins at a B, and at an I that no entity of the same
/// type precedes; no entity goes on from one sentence to the next. This counts as the evaluation script of the CoNLL shared tasks does.
/// <para>Source: Tjong Kim Sang and Buchholz 2000 (the CoNLL-2000 shared task).</para>
/// </remarks>
public sealed class EntityReport
{
    private EntityReport(PrecisionRecall overall, IReadOnlyDictionary<string, PrecisionRecall> types) => (Overall, Types) = (overall, types);

    /// <summary>All entities together: the usual figure is its F1.</summary>
    public PrecisionRecall Overall { get; }

    /// <summary>The entities of each type that is right or was predicted somewhere.</summary>
    public IReadOnlyDictionary<string, PrecisionRecall> Types { get; }

    /// <summary>Compares predicted tags with the right ones.</summary>
    /// <param name="expected">The right tags of each sentence.</param>
    /// <param name="predicted">The predicted tags of each sentence, one a word.</param>
    /// <exception cref="ArgumentException">The numbers of sentences or words differ, or a tag is none of the above.</exception>
    public static EntityReport Compare(IReadOnlyList<IReadOnlyList<string>> expected, IReadOnlyList<IReadOnlyList<string>> predicted)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(predicted);
        if (expected.Count != predicted.Count) throw new ArgumentException($"There are predicted tags of {predicted.Count} sentences for {expected.Count}.", nameof(predicted));

        var types = new SortedDictionary<string, PrecisionRecall>(StringComparer.Ordinal);
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i].Count != predicted[i].Count)
                throw new ArgumentException($"Sentence {i} has {predicted[i].Count} predicted tags for {expected[i].Count} words.", nameof(predicted));

            HashSet<Entity> there = [.. Entities(expected[i], i)];
            foreach (Entity found in Entities(predicted[i], i))
            {
                PrecisionRecall type = types.GetValueOrDefault(found.Type);
                types[found.Type] = there.Remove(found) ? type with { TruePositives = type.TruePositives + 1 } : type with { FalsePositives = type.FalsePositives + 1 };
            }

            foreach (Entity missed in there) types[missed.Type] = types.GetValueOrDefault(missed.Type) with { FalseNegatives = types.GetValueOrDefault(missed.Type).FalseNegatives + 1 };
        }

        var overall = new PrecisionRecall(types.Values.Sum(type => type.TruePositives), types.Values.Sum(type => type.FalsePositives), types.Values.Sum(type => type.FalseNegatives));
        return new EntityReport(overall, types);
    }

    internal static bool IsTag(string tag) => tag is "O" or "B" or "I" || tag.StartsWith("B-", StringComparison.Ordinal) || tag.StartsWith("I-", StringComparison.Ordinal);

    private static IEnumerable<Entity> Entities(IReadOnlyList<string> tags, int sentence)
    {
        int first = -1;
        string type = "";
        for (int i = 0; i < tags.Count; i++)
        {
            string tag = tags[i];
            if (!IsTag(tag)) throw new ArgumentException($"Word {i} of sentence {sentence} has the tag '{tag}'; allowed are 'O', 'B-TYPE' and 'I-TYPE'.");

            string next = tag.Length > 2 ? tag[2..] : "";
            bool goesOn = first >= 0 && tag[0] == 'I' && next == type;
            if (goesOn) continue;
            if (first >= 0) yield return new Entity(first, i, type);
            (first, type) = tag[0] == 'O' ? (-1, "") : (i, next);
        }

        if (first >= 0) yield return new Entity(first, tags.Count, type);
    }

    private readonly record struct Entity(int First, int End, string Type);
}
