namespace NlpPretrain.Word2Vec;

/// <summary>How many questions of a section were answered, and how many rightly.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Correct">Questions whose best answer was the expected word.</param>
/// <param name="Asked">Questions whose four words are all known.</param>
/// <param name="Unknown">Questions with a word that is unknown, which are in no other number.</param>
public sealed record AnalogySection(string Name, int Correct, int Asked, int Unknown)
{
    /// <summary>The share of right answers among the questions asked; 0 where none was.</summary>
    public double Accuracy => Asked == 0 ? 0 : (double)Correct / Asked;
}

/// <summary>The result of an analogy test.</summary>
/// <param name="Sections">By section, in the file's order.</param>
/// <param name="Total">Over all sections.</param>
public sealed record AnalogyResult(IReadOnlyList<AnalogySection> Sections, AnalogySection Total);
