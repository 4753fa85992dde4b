using NlpPretrain.Text;

namespace NlpPretrain.Samples.Quickstart;

/// <summary>The documentation of the installed .NET SDK: the text to pretrain on, and sentences to classify.</summary>
internal sealed class Documentation
{
    private const int PassagesOfDocument = 100, QuickPart = 20;

    private Documentation(ICorpus corpus, int files, int passages, NamespaceTask task) => (Corpus, Files, Passages, Task) = (corpus, files, passages, task);

    /// <summary>All four models are pretrained on this text.</summary>
    public ICorpus Corpus { get; }

    public int Files { get; }

    public int Passages { get; }

    /// <summary>A task with few labelled examples.</summary>
    public NamespaceTask Task { get; }

    public static Documentation Read(Settings settings)
    {
        // Overloads repeat paragraphs, and a library may be part of two packs: each paragraph is kept once, with all that it documents.
        SdkDocumentationCorpus sdk = new();
        OrderedDictionary<string, HashSet<string>> membersOf = [];
        foreach (MemberPassage at in sdk.ReadMembers())
        {
            settings.Stop.ThrowIfCancellationRequested();
            if (membersOf.TryGetValue(at.Passage.Text, out HashSet<string>? members)) members.Add(at.Member);
            else membersOf.Add(at.Passage.Text, [at.Member]);
        }

        // A hundred paragraphs in a row are a document: BERT learns which sentences follow each other.
        IEnumerable<string> documents = membersOf.Keys.Chunk(PassagesOfDocument).Select(passages => string.Join('\n', passages));
        if (settings.Quick) documents = documents.Where((_, index) => index % QuickPart == 0);
        return new Documentation(new InMemoryCorpus(documents), sdk.Files.Count, membersOf.Count, NamespaceTask.Create(membersOf, settings.Quick));
    }
}
