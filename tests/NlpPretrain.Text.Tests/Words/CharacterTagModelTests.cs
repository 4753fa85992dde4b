using System.Globalization;
using System.Text;

namespace NlpPretrain.Text.Tests;

public sealed class CharacterTagModelTests
{
    private const string Tags = "BMES";
    private static readonly string[] Pairs = ["BE", "BM", "EB", "ES", "ME", "MM", "SB", "SS"];
    private static readonly string[] Characters = ["甲", "乙", "丙", "𠀀", "丁"];

    private static readonly string[][] EveryTags = [.. Enumerable.Range(0, 7).Select(length => length == 0 ? [] : AllTags(length).ToArray())];

    [Theory]
    [InlineData("en-US")]
    [InlineData("de-DE")]
    public void Cuts_are_the_most_probable_of_all(string culture) => TokenizerTesting.InCulture(culture, () =>
    {
        Random random = new(21);
        for (int round = 0; round < 30; round++)
        {
            Dictionary<string, double> values = [];
            values["start B"] = -random.NextDouble();
            values["start S"] = -random.NextDouble();
            foreach (string pair in Pairs) values[$"trans {pair[0]} {pair[1]}"] = -3 * random.NextDouble();
            foreach (char tag in Tags)
            {
                // One character that the model does not know at all.
                foreach (string character in Characters[..4]) values[$"emit {tag} {character}"] = -5 * random.NextDouble();
            }

            ChineseTokenizer tokenizer = new(ChineseTokenizerTests.Load("词语 1\n", Load(values)));
            for (int i = 0; i < 10; i++)
            {
                string[] text = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => Characters[random.Next(round % 4 == 0 ? 5 : 4)])];
                string[] cut = [.. tokenizer.Sentences(string.Concat(text)).Single()];
                string.Concat(cut).Should().Be(string.Concat(text));

                string tags = string.Concat(cut.Select(word => TagsOf(new StringInfo(word).LengthInTextElements)));
                double best = EveryTags[text.Length].Max(each => ScoreOf(values, each, text));
                ScoreOf(values, tags, text).Should().BeApproximately(best, 1e-9 * Math.Abs(best));
            }
        }
    });

    [Fact]
    public void Only_runs_of_single_Chinese_characters_without_a_word_are_cut_again()
    {
        Dictionary<string, double> values = new() { ["start B"] = 0, ["trans B E"] = -1, ["trans E B"] = -1, ["emit B 甲"] = -1, ["emit E 乙"] = -1 };
        ChineseTokenizer tokenizer = new(ChineseTokenizerTests.Load("甲 1000000\n丙丁 50\n甲丙 1\n丙 900000\n", Load(values)));

        tokenizer.Cut("甲乙").Should().Be("甲乙");
        tokenizer.Cut("甲乙丙丁甲乙").Should().Be("甲乙 丙丁 甲乙");
        tokenizer.Cut("甲x乙").Should().Be("甲 x 乙");
        tokenizer.Cut("甲丙").Should().Be("甲 丙", "the dictionary has the word, and its words are more probable apart");
        tokenizer.Cut("甲").Should().Be("甲");
    }

    [Theory]
    [InlineData("start X -1", "tags, line 1: expected 'start TAG VALUE'*'start X -1'.")]
    [InlineData("emit B 甲 -1\nbegin B -1", "tags, line 2: expected 'start TAG VALUE'*")]
    [InlineData("start B", "tags, line 1: expected 'start TAG VALUE'*")]
    [InlineData("emit B 甲 -1 -2", "tags, line 1: expected 'start TAG VALUE'*")]
    [InlineData("emit B 甲 0,5", "tags, line 1: expected a logarithm*")]
    [InlineData("emit B 甲 0.5", "tags, line 1: expected a logarithm*")]
    [InlineData("emit B 甲 NaN", "tags, line 1: expected a logarithm*")]
    [InlineData("emit B 甲 -1e999", "tags, line 1: expected a logarithm*")]
    [InlineData("emit B 甲乙 -1", "tags, line 1: expected one character*")]
    [InlineData("trans B S -1", "tags, line 1: expected one of the pairs*")]
    [InlineData("trans B X -1", "tags, line 1: expected one of the pairs*")]
    [InlineData("# tables\n\nemit B 甲 -1\nemit B 甲 -2", "tags, line 4: expected entries that are all different*")]
    [InlineData("start B -1", "tags has no 'emit*")]
    [InlineData("", "tags has no 'emit*")]
    public void A_bad_file_is_an_error_that_names_the_line(string content, string message) =>
        FluentActions.Invoking(() => Load(content)).Should().Throw<CorpusException>().WithMessage(message);

    [Fact]
    public void The_logarithm_is_that_of_the_system()
    {
        Random random = new(22);
        for (int i = 0; i < 20_000; i++)
        {
            double x = i < 10 ? i + 1 : Math.Exp(1400 * (random.NextDouble() - 0.5));
            PortableLog.Of(x).Should().BeApproximately(Math.Log(x), 4e-16 * Math.Abs(Math.Log(x)) + 2e-16);
        }

        PortableLog.Of(1).Should().Be(0);
    }

    private static CharacterTagModel Load(Dictionary<string, double> values) =>
        Load(string.Concat(values.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value:R}\n"))));

    private static CharacterTagModel Load(string content)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(content));
        return CharacterTagModel.Load(stream, "tags");
    }

    private static string TagsOf(int length) => length == 1 ? "S" : "B" + new string('M', length - 2) + "E";

    private static IEnumerable<string> AllTags(int length)
    {
        for (int code = 0; code < 1 << (2 * length); code++)
        {
            string tags = string.Concat(Enumerable.Range(0, length).Select(i => Tags[code >> (2 * i) & 3]));
            if (tags[0] is 'B' or 'S' && tags[^1] is 'E' or 'S' && Enumerable.Range(1, length - 1).All(i => Pairs.Contains(tags[(i - 1)..(i + 1)]))) yield return tags;
        }
    }

    private static double ScoreOf(Dictionary<string, double> values, string tags, string[] text)
    {
        double score = Value($"start {tags[0]}");
        for (int i = 0; i < tags.Length; i++)
        {
            if (i > 0) score += Value($"trans {tags[i - 1]} {tags[i]}");
            score += Value($"emit {tags[i]} {text[i]}");
        }

        return score;

        double Value(string key) => values.GetValueOrDefault(key, -3.14e100);
    }
}
