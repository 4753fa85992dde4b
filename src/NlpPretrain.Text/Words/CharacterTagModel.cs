using System.Globalization;
using System.Text;

namespace NlpPretrain.Text;

/// <summary>
/// A hidden Markov model that finds words in characters that no dictionary word covers: each character begins a word (B), is in the middle of
/// one (M), ends one (E) or is one alone (S). Immutable.
/// </summary>
/// <remarks>
/// <para>
/// The file is UTF-8 text, a natural logarithm of a probability a line: "start B -0.26", "trans B E -0.51", "emit S 的 -3.2"; empty lines and
/// lines that start with # are left out. Only B and S start, the pairs BE, BM, EB, ES, ME, MM, SB and SS follow each other, and what is not
/// given has the logarithm −3.14·10¹⁰⁰. These are the tables of jieba, in lines.
/// </para>
/// </remarks>
public sealed class CharacterTagModel
{
    private const double Never = -3.14e100;
    private const int Begin = 0, Middle = 1, End = 2, Single = 3, TagCount = 4;
    private const string Tags = "BMES";

    // The two tags that may stand before each, the one that wins a tie second.
    private static readonly (int First, int Second)[] Before = [(End, Single), (Begin, Middle), (Begin, Middle), (End, Single)];

    private readonly double[] _starts = [Never, Never, Never, Never];
    private readonly double[] _transitions = new double[TagCount * TagCount];
    private readonly Dictionary<int, double[]> _emissions = [];

    private CharacterTagModel() => _transitions.AsSpan().Fill(Never);

    /// <summary>Number of characters that the model knows.</summary>
    public int CharacterCount => _emissions.Count;

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CorpusException">The file is missing, or not such a model: says the line, what was expected and what was found.</exception>
    public static CharacterTagModel Load(string path) => WholeFile.Read(path, Load);

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="source">A stream that can be read.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="CorpusException">The stream does not hold a model.</exception>
    public static CharacterTagModel Load(Stream source, string name)
    {
        CharacterTagModel model = new();
        LineReader reader = new(source, name);
        HashSet<string> seen = [];
        Span<Range> fields = stackalloc Range[5];
        while (reader.Read(out ReadOnlySpan<char> line))
        {
            if (line.IsEmpty || line[0] == '#') continue;

            int count = line.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
            ReadOnlySpan<char> kind = count > 0 ? line[fields[0]] : default;
            int tag = count > 1 ? TagOf(line[fields[1]]) : -1;
            bool isStart = kind is "start" && count == 3, isRest = kind is "trans" or "emit" && count == 4;
            if (tag < 0 || !(isStart || isRest)) throw reader.Error("'start TAG VALUE', 'trans TAG TAG VALUE' or 'emit TAG CHARACTER VALUE', with the tags B, M, E and S", line);
            if (!double.TryParse(line[fields[count - 1]], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value <= 0) || double.IsInfinity(value))
                throw reader.Error("a logarithm of a probability, 0 or below and finite, at the end", line);
            if (!seen.Add(line[..fields[count - 1].Start.Value].ToString())) throw reader.Error("entries that are all different", line);

            if (isStart) model._starts[tag] = value;
            else if (kind is "trans") model.SetTransition(tag, line[fields[2]], value, reader, line);
            else model.SetEmission(tag, line[fields[2]], value, reader, line);
        }

        if (model._emissions.Count == 0) throw new CorpusException($"{name} has no 'emit TAG CHARACTER VALUE' line; expected a model of the tags B, M, E and S.");
        return model;
    }

    /// <summary>Cuts characters to words.</summary>
    /// <param name="text">Whole characters, none of them a lone surrogate.</param>
    /// <param name="ends">Gets a 1 at each place of <paramref name="text"/> where a word's last code unit is, and 0 elsewhere.</param>
    internal void Cut(ReadOnlySpan<char> text, Span<byte> ends)
    {
        // Viterbi. At each character the best way to each tag, and the tag before it, two bits a tag.
        byte[] ways = System.Buffers.ArrayPool<byte>.Shared.Rent(text.Length);
        Span<double> score = stackalloc double[TagCount], next = stackalloc double[TagCount];
        int characters = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            double[]? emissions = _emissions.GetValueOrDefault(rune.Value);
            int way = 0;
            for (int tag = 0; tag < TagCount; tag++)
            {
                double emission = emissions?[tag] ?? Never;
                if (characters == 0)
                {
                    next[tag] = _starts[tag] + emission;
                    continue;
                }

                (int first, int second) = Before[tag];
                double one = score[first] + _transitions[first * TagCount + tag] + emission;
                double other = score[second] + _transitions[second * TagCount + tag] + emission;
                next[tag] = Math.Max(one, other);
                way |= (other >= one ? second : first) << (2 * tag);
            }

            next.CopyTo(score);
            ways[characters++] = (byte)way;
        }

        int best = score[Single] >= score[End] ? Single : End;
        ends[..text.Length].Clear();
        int place = text.Length - 1;
        for (int i = characters - 1; i >= 0; i--)
        {
            if (best is End or Single) ends[place] = 1;
            best = ways[i] >> (2 * best) & 3;
            place -= char.IsLowSurrogate(text[place]) ? 2 : 1;
        }

        System.Buffers.ArrayPool<byte>.Shared.Return(ways);
    }

    private static int TagOf(ReadOnlySpan<char> tag) => tag.Length == 1 ? Tags.IndexOf(tag[0]) : -1;

    private void SetTransition(int from, ReadOnlySpan<char> toText, double value, LineReader reader, ReadOnlySpan<char> line)
    {
        int to = TagOf(toText);
        if (to < 0 || (Before[to].First != from && Before[to].Second != from)) throw reader.Error("one of the pairs BE, BM, EB, ES, ME, MM, SB and SS", line);
        _transitions[from * TagCount + to] = value;
    }

    private void SetEmission(int tag, ReadOnlySpan<char> character, double value, LineReader reader, ReadOnlySpan<char> line)
    {
        if (Rune.DecodeFromUtf16(character, out Rune rune, out int length) != System.Buffers.OperationStatus.Done || length != character.Length)
            throw reader.Error("one character after the tag", line);

        if (!_emissions.TryGetValue(rune.Value, out double[]? emissions)) _emissions[rune.Value] = emissions = [Never, Never, Never, Never];
        emissions[tag] = value;
    }
}
