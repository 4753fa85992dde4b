namespace NlpPretrain.Word2Vec;

/// <summary>One question: a is to b as c is to what is expected.</summary>
/// <param name="A">"Athens".</param>
/// <param name="B">"Greece".</param>
/// <param name="C">"Oslo".</param>
/// <param name="Expected">"Norway".</param>
public sealed record AnalogyQuestion(string A, string B, string C, string Expected);

/// <summary>A named group of questions.</summary>
/// <param name="Name">The name, as after the colon in the file.</param>
/// <param name="Questions">The questions, in the file's order.</param>
public sealed record AnalogyQuestions(string Name, IReadOnlyList<AnalogyQuestion> Questions)
{
    /// <summary>Reads a file in the form of questions-words.txt: ": name" starts a section, each other line has four words.</summary>
    /// <param name="path">The file, in UTF-8. Blank lines are passed over; questions before the first name form a section "".</param>
    /// <exception cref="Text.CorpusException">A line has another form; says which.</exception>
    public static IReadOnlyList<AnalogyQuestions> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var sections = new List<AnalogyQuestions>();
        List<AnalogyQuestion>? questions = null;
        foreach ((int number, string line) in EvaluationLines.Read(path))
        {
            if (line.StartsWith(':'))
            {
                questions = [];
                sections.Add(new AnalogyQuestions(line[1..].Trim(), questions));
                continue;
            }

            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 4)
            {
                throw EvaluationLines.Error(path, number, "four words, or ':' and a section's name", line);
            }

            if (questions is null)
            {
                questions = [];
                sections.Add(new AnalogyQuestions("", questions));
            }

            questions.Add(new AnalogyQuestion(words[0], words[1], words[2], words[3]));
        }

        return sections;
    }
}
