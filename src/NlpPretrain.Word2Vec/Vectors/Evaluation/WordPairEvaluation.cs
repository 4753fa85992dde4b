using System.Globalization;
using MathNet.Numerics.Statistics;

namespace NlpPretrain.Word2Vec;

/// <summary>The word similarity test: how well cosines agree with people's scores of word pairs.</summary>
public static class WordPairEvaluation
{
    /// <summary>Reads pairs: a line is two words and a score, between tabs, commas or spaces.</summary>
    /// <param name="path">The file, in UTF-8. Blank lines and lines that start with '#' are passed over, and so is a first line of titles, one whose last field has no digit.</param>
    /// <exception cref="Text.CorpusException">A line has another form; says which.</exception>
    public static IReadOnlyList<WordPair> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var pairs = new List<WordPair>();
        foreach ((int number, string line) in EvaluationLines.Read(path))
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] fields = Split(line);
            if (fields.Length == 3 && fields.All(field => field.Length > 0)
                && double.TryParse(fields[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double score) && double.IsFinite(score))
            {
                pairs.Add(new WordPair(fields[0], fields[1], score));
            }
            else if (number > 1 || fields.Length != 3 || fields[2].AsSpan().ContainsAnyInRange('0', '9'))
            {
                throw EvaluationLines.Error(path, number, "two words and a number", line);
            }
        }

        return pairs;
    }

    /// <summary>Reads a file of pairs and compares.</summary>
    /// <param name="vectors">The words.</param>
    /// <param name="path">The file, as <see cref="Read"/> takes it.</param>
    /// <param name="ignoreCase">Whether a word that is unknown as it is written may be known in lower case ("Jerusalem" in lower-cased vectors); default true.</param>
    /// <exception cref="Text.CorpusException">A line is malformed.</exception>
    public static WordPairResult Run(WordVectors vectors, string path, bool ignoreCase = true) => Run(vectors, Read(path), ignoreCase);

    /// <summary>Compares cosines with people's scores.</summary>
    /// <param name="vectors">The words.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="ignoreCase">Whether a word that is unknown as it is written may be known in lower case; default true.</param>
    public static WordPairResult Run(WordVectors vectors, IReadOnlyList<WordPair> pairs, bool ignoreCase = true)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(pairs);
        var cosines = new List<double>();
        var scores = new List<double>();
        foreach (WordPair pair in pairs)
        {
            int first = Find(pair.First), second = Find(pair.Second);
            if (first >= 0 && second >= 0)
            {
                cosines.Add(UnitVectors.Cosine(vectors.Row(first), vectors.Row(second)));
                scores.Add(pair.Score);
            }
        }

        (double pearson, double spearman) = cosines.Count < 2 ? (double.NaN, double.NaN) : (Correlation.Pearson(cosines, scores), Correlation.Spearman(cosines, scores));
        return new WordPairResult(pearson, spearman, cosines.Count, pairs.Count - cosines.Count);

        int Find(string word) => vectors.IndexOf(word) is >= 0 and int index ? index : ignoreCase ? vectors.IndexOf(word.ToLowerInvariant()) : -1;
    }

    private static string[] Split(string line) =>
        line.Contains('\t') ? line.Split('\t', StringSplitOptions.TrimEntries)
        : line.Contains(',') ? line.Split(',', StringSplitOptions.TrimEntries)
        : line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
