using System.Globalization;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>Joins the phrases that <see cref="PhraseDetector"/> found: "new york" to "new_york". Immutable.</summary>
/// <remarks>
/// Round by round, and in each from left to right: where two words are a phrase, they are joined, and the second joins no third, as in the
/// program word2phrase. Phrases do not go over the ends of sentences.
/// </remarks>
public sealed class PhraseTokenizer : IWordTokenizer
{
    private const string Header = "delimiter ";

    [ThreadStatic]
    private static Stack<WordBuffer>? _spareBuffers;

    private readonly Round[] _rounds;
    private readonly Phrase[] _phrases;

    /// <summary>Creates a tokenizer.</summary>
    /// <param name="inner">Cuts text to words.</param>
    /// <param name="phrases">The phrases, in any order.</param>
    /// <param name="delimiter">What joins the words of a phrase: no white space. Default "_".</param>
    /// <exception cref="ArgumentException">A phrase's round is below 1, or a part is empty or has white space, or a lone surrogate.</exception>
    public PhraseTokenizer(IWordTokenizer inner, IEnumerable<Phrase> phrases, string delimiter = "_")
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(phrases);
        if (!IsDelimiter(delimiter)) throw new ArgumentException("The delimiter is empty or has white space.", nameof(delimiter));

        (Inner, Delimiter, _phrases) = (inner, delimiter, [.. phrases]);
        SortedDictionary<int, Round> rounds = [];
        foreach (Phrase phrase in _phrases)
        {
            if (phrase.Round < 1) throw new ArgumentException($"The round of '{phrase.First} {phrase.Second}' is {phrase.Round}; rounds count from 1.", nameof(phrases));
            if (!IsPart(phrase.First) || !IsPart(phrase.Second))
                throw new ArgumentException($"A part of the phrase '{phrase.First} {phrase.Second}' is empty, or has white space or a lone surrogate.", nameof(phrases));
            if (!rounds.TryGetValue(phrase.Round, out Round? round)) rounds[phrase.Round] = round = new Round();
            round.Pairs.Add(round.Words.Add(phrase.First, 1), round.Words.Add(phrase.Second, 1));
        }

        _rounds = [.. rounds.Values];
    }

    /// <summary>The tokenizer whose words are joined.</summary>
    public IWordTokenizer Inner { get; }

    /// <summary>What joins the words of a phrase.</summary>
    public string Delimiter { get; }

    /// <summary>The phrases.</summary>
    public IReadOnlyList<Phrase> Phrases => Array.AsReadOnly(_phrases);

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> text, WordBuffer words)
    {
        ArgumentNullException.ThrowIfNull(words);

        if (_rounds.Length == 0)
        {
            Inner.Tokenize(text, words);
            return;
        }

        Stack<WordBuffer> spare = _spareBuffers ??= new Stack<WordBuffer>();
        WordBuffer read = spare.TryPop(out WordBuffer? first) ? first : new WordBuffer();
        WordBuffer written = spare.TryPop(out WordBuffer? second) ? second : new WordBuffer();
        read.Clear();
        Inner.Tokenize(text, read);
        for (int round = 0; round < _rounds.Length - 1; round++)
        {
            written.Clear();
            Join(_rounds[round], read, written);
            (read, written) = (written, read);
        }

        Join(_rounds[^1], read, words);
        spare.Push(read);
        spare.Push(written);
    }

    /// <summary>Writes the phrases to a file: "delimiter _", then a line a phrase, "round first second score", UTF-8. An older file is replaced at the end.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, Save);
    }

    /// <summary>Writes the phrases to a stream, which stays open.</summary>
    /// <param name="target">A stream that can be written.</param>
    public void Save(Stream target)
    {
        ArgumentNullException.ThrowIfNull(target);
        using StreamWriter writer = new(target, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header + Delimiter);
        foreach (Phrase phrase in _phrases)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phrase.Round} {phrase.First} {phrase.Second} {phrase.Score:R}"));
    }

    /// <summary>Reads phrases from a file that <see cref="Save(string)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inner">Cuts text to words, as it did when the phrases were learned.</param>
    /// <exception cref="CorpusException">The file is missing, or has no phrases: says the line, what was expected and what was found.</exception>
    public static PhraseTokenizer Load(string path, IWordTokenizer inner) => WholeFile.Read(path, (source, name) => Load(source, name, inner));

    /// <summary>Reads phrases from a stream, to its end.</summary>
    /// <param name="source">A stream that can be read.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <param name="inner">Cuts text to words, as it did when the phrases were learned.</param>
    /// <exception cref="CorpusException">The stream does not hold phrases.</exception>
    public static PhraseTokenizer Load(Stream source, string name, IWordTokenizer inner)
    {
        LineReader reader = new(source, name);
        if (!reader.Read(out ReadOnlySpan<char> line)) throw new CorpusException($"{name} is empty; expected the line 'delimiter _', then phrases.");
        if (!line.StartsWith(Header) || !IsDelimiter(line[Header.Length..])) throw reader.Error("'delimiter ' and what joins the words of a phrase", line);

        string delimiter = line[Header.Length..].ToString();
        List<Phrase> phrases = [];
        HashSet<(int, string, string)> seen = [];
        Span<Range> fields = stackalloc Range[5];
        while (reader.Read(out line))
        {
            if (line.Split(fields, ' ') != 4) throw reader.Error("a round, two words and a score, with one space between them", line);
            if (!LineReader.TryParseCount(line[fields[0]], out long round) || round is < 1 or > int.MaxValue) throw reader.Error("a round of 1 or more first", line);
            if (!IsPart(line[fields[1]]) || !IsPart(line[fields[2]])) throw reader.Error("two words without white space after the round", line);
            if (!double.TryParse(line[fields[3]], NumberStyles.Float, CultureInfo.InvariantCulture, out double score) || !double.IsFinite(score))
                throw reader.Error("a finite score at the end", line);

            Phrase phrase = new((int)round, line[fields[1]].ToString(), line[fields[2]].ToString(), score);
            if (!seen.Add((phrase.Round, phrase.First, phrase.Second))) throw reader.Error("phrases that are all different", line);
            phrases.Add(phrase);
        }

        return new PhraseTokenizer(inner, phrases, delimiter);
    }

    internal static bool IsDelimiter(ReadOnlySpan<char> delimiter) => IsPart(delimiter);

    /// <summary>Whether a word can be a part of a phrase: it is not empty, and a line of a file can hold it between spaces.</summary>
    internal static bool IsPart(ReadOnlySpan<char> word)
    {
        foreach (char character in word)
        {
            if (char.IsWhiteSpace(character)) return false;
        }

        return !word.IsEmpty && WordVocabulary.CanHold(word);
    }

    private void Join(Round round, WordBuffer read, WordBuffer written)
    {
        int at = 0;
        foreach (int end in read.SentenceEnds)
        {
            int known = round.Words.Find(read[at]);
            while (at < end)
            {
                int next = at + 1 < end ? round.Words.Find(read[at + 1]) : -1;
                if (known >= 0 && next >= 0 && round.Pairs.Contains(known, next))
                {
                    AddJoined(read[at], read[at + 1], written);
                    at += 2;
                    if (at < end) known = round.Words.Find(read[at]);
                    continue;
                }

                written.Add(read[at++]);
                known = next;
            }

            written.EndSentence();
        }
    }

    private void AddJoined(ReadOnlySpan<char> first, ReadOnlySpan<char> second, WordBuffer words)
    {
        int start = words.AddText(first, lowerCase: false);
        words.AddText(Delimiter, lowerCase: false);
        int end = words.AddText(second, lowerCase: false) + second.Length;
        words.AddWord(start, end - start);
    }

    private sealed class Round
    {
        internal WordTable Words { get; } = new();

        internal PairTable Pairs { get; } = new();
    }
}
