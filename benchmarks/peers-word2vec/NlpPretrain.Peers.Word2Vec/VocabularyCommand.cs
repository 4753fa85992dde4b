using NlpPretrain.Text;

namespace NlpPretrain.Peers;

internal static class VocabularyCommand
{
    public static void Run(CommandLine line)
    {
        LineCorpus corpus = new(line.Text("input"));
        (WordVocabulary vocabulary, double seconds) = corpus.BuildVocabulary(line.Number("workers", 1));
        long peak = RunReport.PeakResidentBytes();
        new RunReport(corpus.CountWords(), vocabulary.Count, seconds, peak).Print();
    }
}
