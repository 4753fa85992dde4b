using NlpPretrain.Tensors;
using NlpPretrain.Text;
using static NlpPretrain.Gpt.Tests.Generation.GenerationTesting;

namespace NlpPretrain.Gpt.Tests.Generation;

public class BeamSearchReferenceTests
{
    private static readonly Tokenizer Words = new(new BytePairModel(["a", "b", "▁c", "▁d"], [], new() { UnknownPiece = "a" }), decoder: new MetaspaceDecoder());

    private static readonly GenerationOptions Plain = new() { Beams = 2, Sequences = 2, MaxNewTokens = 6, StopTokens = [] };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(-0.3)]
    [InlineData(-1)]
    [InlineData(-4)]
    public void Few_beams_end_as_early_as_no_better_text_can_come(double penalty)
    {
        GenerationOptions options = Plain with { LengthPenalty = penalty };
        foreach (int[] stops in new int[][] { [], [0], [3], [1, 2] })
        {
            foreach (int width in new[] { 4, 8, 32 })
            {
                GptModel model = Model(context: 16, width: width, vocabulary: 4);
                IsTheSlowSearch(model, Words, options with { StopTokens = stops, MaxNewTokens = 10 });
                IsTheSlowSearch(model, Words, options with { StopTokens = stops, Beams = 3, Sequences = 3, MaxNewTokens = 4 });
            }
        }
    }

    [Theory]
    [InlineData(1.7)]
    [InlineData(0.5)]
    public void The_penalty_falls_on_tokens_of_the_prompt_and_on_those_of_the_beam(double penalty) =>
        IsTheSlowSearch(Model(context: 16, vocabulary: 4), Words, Plain with { RepetitionPenalty = penalty });

    [Fact]
    public void Stop_strings_are_found_across_tokens_and_what_may_begin_one_comes_with_the_end()
    {
        foreach (string[] stops in new string[][] { ["a c"], ["b d", "aa"], [" da", " c c"], ["bbbbb", "c", "ab"] })
        {
            IsTheSlowSearch(Model(context: 16, vocabulary: 4), Words, Plain with { StopStrings = stops });
            IsTheSlowSearch(Model(context: 16, vocabulary: 4), Words, Plain with { StopStrings = stops, StopTokens = [1], Beams = 4, Sequences = 4, MaxNewTokens = 3 });
        }
    }

    [Fact]
    public void Ids_that_only_the_model_has_are_never_chosen() => IsTheSlowSearch(Model(context: 16, vocabulary: 9), Words, Plain);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Of_equal_scores_the_earlier_beam_comes_first_then_the_lower_id(int beams)
    {
        GptModel model = Model(context: 16, vocabulary: 4), large = Model(context: 16);
        Repeat(model, 2);
        Repeat(large, 37);
        GenerationOptions options = Plain with { Beams = beams, Sequences = beams, MaxNewTokens = 3 };
        IsTheSlowSearch(model, Words, options);
        IsTheSlowSearch(model, Words, options with { StopTokens = [1, 3] });
        IsTheSlowSearch(large, Bytes, options);

        static void Repeat(GptModel model, int rows)
        {
            Span<float> embeddings = model.Parameters.Single(parameter => parameter.Name == "wte.weight").Data;     // [V, C]
            for (int i = rows * model.Config.Width; i < embeddings.Length; i++) embeddings[i] = embeddings[i - rows * model.Config.Width];
        }
    }

    [Fact]
    public void Logits_that_are_not_finite_are_an_error()
    {
        GptModel model = Model(context: 16);
        model.Parameters[0].Data.Fill(float.NaN);
        new Action(() => new GptGenerator(model, Bytes).Generate("a", Plain)).Should().Throw<InvalidOperationException>().WithMessage("*not finite*");
    }

    private static void IsTheSlowSearch(GptModel model, Tokenizer tokenizer, GenerationOptions options)
    {
        foreach (string prompt in new[] { "a", "b", "ab", "ba", "bba", "abab" })
        {
            GeneratedText[] found = new GptGenerator(model, tokenizer).Generate([prompt], options), expected = SlowSearch(model, tokenizer, prompt, options);
            found.Select(Words).Should().Equal(expected.Select(Words), prompt);
            for (int i = 0; i < found.Length; i++) found[i].Score.Should().BeApproximately(expected[i].Score, 1e-6 * Math.Max(10, Math.Abs(expected[i].Score!.Value)));
        }

        static string Words(GeneratedText text) => $"{string.Join(' ', text.Tokens)}: {text.Text} ({text.Reason})";
    }

    // Nothing cached, all candidates sorted, no early end.
    private static GeneratedText[] SlowSearch(GptModel model, Tokenizer tokenizer, string prompt, GenerationOptions options)
    {
        using TensorArena arena = new(1);
        int[] start = tokenizer.Encode(prompt).Ids.ToArray();
        List<(int[] Tokens, double Sum)> beams = [([], 0)];
        List<GeneratedText> ended = [];
        for (int count = 1; count <= options.MaxNewTokens; count++)
        {
            List<(int[] Tokens, double Sum)> next = [];
            foreach ((int[] before, int id, double sum) in beams.SelectMany(Continue).OrderByDescending(candidate => candidate.Sum))
            {
                if (next.Count == options.Beams) break;

                bool isStop = options.StopTokens!.Contains(id);
                int[] tokens = isStop ? before : [.. before, id];
                string text = tokenizer.Decode([.. start, .. tokens])[tokenizer.Decode(start).Length..];
                int end = options.StopStrings.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
                bool isLast = count == options.MaxNewTokens;
                if (isStop || end >= 0 || isLast)
                    ended.Add(new(end >= 0 ? text[..end] : text, tokens, isStop ? StopReason.StopToken : end >= 0 ? StopReason.StopString : StopReason.Length, sum / Math.Pow(count, options.LengthPenalty)));
                if (!isStop && end < 0) next.Add((tokens, sum));
            }

            beams = next;
        }

        return [.. ended.OrderByDescending(text => text.Score).Take(options.Sequences)];

        IEnumerable<(int[] Before, int Id, double Sum)> Continue((int[] Tokens, double Sum) beam)
        {
            int[] ids = [.. start, .. beam.Tokens];
            using Pass pass = Pass.Inference(arena);
            double[] logits = [.. model.Logits(model.Hidden(pass, ids, new(1, ids.Length))).Data[^model.Config.VocabularySize!.Value..][..tokenizer.Count].ToArray().Select(logit => (double)logit)];
            foreach (int id in ids.Distinct()) logits[id] = logits[id] > 0 ? logits[id] / options.RepetitionPenalty : logits[id] * options.RepetitionPenalty;
            double total = Math.Log(logits.Sum(Math.Exp));
            return [.. logits.Select((logit, id) => (beam.Tokens, id, beam.Sum + (logit - total)))];
        }
    }
}
