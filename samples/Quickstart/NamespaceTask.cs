using System.Text.RegularExpressions;
using NlpPretrain.Text;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>Which of ten namespaces is a sentence of the documentation from? Few examples to learn it from, many to measure it on.</summary>
/// <remarks>
/// No sentence is in both parts, and no type is: the sentences to measure on document types that the examples to learn from do not. A sentence that is found in two namespaces, or has its
/// namespace's name in it, is left out.
/// </remarks>
internal sealed class NamespaceTask
{
    private const int LeastWords = 6, MostWords = 40, TrainingOfNamespace = 30, TestOfNamespace = 150, QuickTraining = 10, QuickTest = 20, Seed = 1;

    private static readonly string[] Namespaces =
    [
        "System.Collections.Immutable", "System.Data", "System.Globalization", "System.IO", "System.Net", "System.Numerics", "System.Reflection", "System.Security.Cryptography",
        "System.Threading", "System.Xml",
    ];

    private sealed record Sentence(string Text, string Type, string Namespace);

    /// <summary>How many namespaces there are.</summary>
    public static int Classes => Namespaces.Length;

    /// <summary>The examples to learn from.</summary>
    public required TextExample[] Training { get; init; }

    /// <summary>The examples to measure on.</summary>
    public required TextExample[] Test { get; init; }

    /// <param name="membersOf">Every paragraph with the identifiers of what it documents.</param>
    /// <param name="quick">Whether a few examples are enough.</param>
    public static NamespaceTask Create(IEnumerable<KeyValuePair<string, HashSet<string>>> membersOf, bool quick)
    {
        Random random = new(Seed);
        List<TextExample> training = [], test = [];
        foreach (IGrouping<string, Sentence> sentences in SentencesOf(membersOf).GroupBy(sentence => sentence.Namespace).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Sentence[][] types = [.. sentences.GroupBy(sentence => sentence.Type).Select(type => type.ToArray())];
            random.Shuffle(types);
            training.AddRange(Choose(types.Take(types.Length / 2), quick ? QuickTraining : TrainingOfNamespace));
            test.AddRange(Choose(types.Skip(types.Length / 2), quick ? QuickTest : TestOfNamespace));
        }

        return new() { Training = [.. training], Test = [.. test] };

        IEnumerable<TextExample> Choose(IEnumerable<Sentence[]> types, int count)
        {
            Sentence[] all = [.. types.SelectMany(type => type)];
            random.Shuffle(all);
            return all.Take(count).Select(sentence => new TextExample(sentence.Text, sentence.Namespace));
        }
    }

    private static IEnumerable<Sentence> SentencesOf(IEnumerable<KeyValuePair<string, HashSet<string>>> membersOf)
    {
        Dictionary<string, Regex> names = Namespaces.ToDictionary(space => space, space => new Regex($@"\b{space.Split('.')[^1]}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));
        return
            from passage in membersOf
            let places = passage.Value.Select(PlaceOf).ToArray()
            from text in Split(passage.Key)
            from place in places
            group place by text into found
            where found.DistinctBy(place => place.Namespace).Count() == 1
            let place = found.First()
            where names.TryGetValue(place.Namespace, out Regex? name) && !name.IsMatch(found.Key) && found.Key.Count(' '.Equals) + 1 is >= LeastWords and <= MostWords
            select new Sentence(found.Key, place.Type, place.Namespace);
    }

    private static IEnumerable<string> Split(string passage)
    {
        List<(int Start, int Length)> sentences = [];
        SentenceSplitter.Split(passage, sentences);
        return sentences.Select(sentence => passage.Substring(sentence.Start, sentence.Length));
    }

    /// <summary>"M:System.IO.Stream.Read(System.Byte[])" is of the type System.IO.Stream in the namespace System.IO.</summary>
    private static (string Type, string Namespace) PlaceOf(string member)
    {
        string name = member[(member.IndexOf(':') + 1)..].Split('(', '~')[0], type = member.StartsWith("T:", StringComparison.Ordinal) ? name : WithoutLast(name);
        return (type, WithoutLast(type));
    }

    private static string WithoutLast(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];
}
