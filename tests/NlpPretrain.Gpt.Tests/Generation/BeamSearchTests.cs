using NlpPretrain.Tensors;
using NlpPretrain.Text;
using static NlpPretrain.Gpt.Tests.Generation.GenerationTesting;

namespace NlpPretrain.Gpt.Tests.Generation;

public class BeamSearchTests
{
    private static readonly Tokenizer Letters = new(new BytePairModel(["a", "b", "c", "d"], [], new() { UnknownPiece = "a" }), decoder: new MetaspaceDecoder());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(-1)]
    public void Beams_for_all_beginnings_find_what_trying_all_texts_finds(double penalty)
    {
        GptModel model = Model(context: 16, vocabulary: 4);
        GenerationOptions options = new() { Beams = 64, Sequences = 5, MaxNewTokens = 4, LengthPenalty = penalty, StopTokens = [3] };
        GeneratedText[] found = new GptGenerator(model, Letters).Generate(["ab"], options);

        List<(string Text, double Score)> all = [];
        using TensorArena arena = new(1);
        Try([0, 1], 0, 0);
        (string Text, double Score)[] best = [.. all.OrderByDescending(text => text.Score).Take(5)];
        found.Select(text => text.Text).Should().Equal(best.Select(text => text.Text));
        for (int i = 0; i < 5; i++) found[i].Score.Should().BeApproximately(best[i].Score, 1e-5);

        void Try(int[] ids, int count, double logProbability)
        {
            double[] next = LogProbabilities(model, arena, ids);
            for (int token = 0; token < 4; token++)
            {
                double sum = logProbability + next[token], score = sum / Math.Pow(count + 1, penalty);
                if (token == 3) all.Add((Letters.Decode(ids.AsSpan(2)), score));
                else if (count + 1 == 4) all.Add((Letters.Decode([.. ids.Skip(2), token]), score));
                else Try([.. ids, token], count + 1, sum);
            }
        }
    }

    [Fact]
    public void Beams_are_the_continuations_of_a_slow_search()
    {
        GptModel model = Model(context: 32);
        GenerationOptions options = new() { Beams = 3, Sequences = 3, MaxNewTokens = 8, StopTokens = [], Workers = 2 };
        GeneratedText[] found = new GptGenerator(model, Bytes).Generate(["abc"], options);

        using TensorArena arena = new(1);
        int[] prompt = Bytes.Encode("abc").Ids.ToArray();
        List<(int[] Ids, double Sum)> beams = [(prompt, 0)];
        for (int i = 0; i < 8; i++)
        {
            beams = [.. beams.SelectMany(beam => LogProbabilities(model, arena, beam.Ids).Select((p, id) => (Ids: (int[])[.. beam.Ids, id], Sum: beam.Sum + p)))
                .OrderByDescending(beam => beam.Sum).Take(3)];
        }

        found.Select(text => string.Join(' ', text.Tokens)).Should().Equal(beams.Select(beam => string.Join(' ', beam.Ids.Skip(prompt.Length))));
    }

    [Fact]
    public void Stop_strings_end_beams()
    {
        GptGenerator generator = new(Model(context: 32), Bytes);
        GenerationOptions options = new() { Beams = 3, MaxNewTokens = 8, StopTokens = [] };
        string text = generator.Generate("abc", options).Text;
        foreach (GeneratedText stopped in generator.Generate(["abc"], options with { Sequences = 3, StopStrings = [text[3..5]] }))
            stopped.Text.Should().NotContain(text[3..5]);
    }

    [Fact]
    public void Where_stop_strings_end_the_most_likely_tokens_the_others_go_on()
    {
        GptModel model = Model(context: 16, vocabulary: 4);
        using TensorArena arena = new(1);
        double[] first = LogProbabilities(model, arena, [0, 1]);
        int least = Array.IndexOf(first, first.Min());
        string[] others = [.. new[] { "a", "b", "c", "d" }.Where((_, id) => id != least)];
        GenerationOptions options = new() { Beams = 2, Sequences = 2, MaxNewTokens = 6, LengthPenalty = 2.5, StopTokens = [], StopStrings = others };
        GeneratedText[] found = new GptGenerator(model, Letters).Generate(["ab"], options);

        List<(int[] Tokens, double Score)> all = [];                             // each repeats the least likely token, and ends with any
        double sum = 0;
        for (int count = 1; count <= 6; count++)
        {
            int[] before = [.. Enumerable.Repeat(least, count - 1)];
            double[] next = LogProbabilities(model, arena, [0, 1, .. before]);
            for (int token = 0; token < 4; token++)
            {
                if (token != least || count == 6) all.Add(([.. before, token], (sum + next[token]) / Math.Pow(count, 2.5)));
            }

            sum += next[least];
        }

        (int[] Tokens, double Score)[] best = [.. all.OrderByDescending(text => text.Score).Take(2)];
        found.Select(text => string.Join(' ', text.Tokens)).Should().Equal(best.Select(text => string.Join(' ', text.Tokens)));
        for (int i = 0; i < 2; i++) found[i].Score.Should().BeApproximately(best[i].Score, 1e-5);
    }

    [Fact]
    public void Beams_end_where_the_same_tokens_end_a_sampled_text()
    {
        GptGenerator generator = new(Model(context: 16), Bytes);
        foreach (int[] stops in new int[][] { [], [.. Enumerable.Range(0, 128)] })
        {
            GenerationOptions options = new() { Beams = 8, Sequences = 8, MaxNewTokens = 3, StopTokens = stops, StopStrings = ["\uFFFD"] };
            foreach (string prompt in new[] { "a", "b", "c", "d", "e", "f" })
            {
                foreach (GeneratedText text in generator.Generate([prompt], options))
                {
                    SampledSequence sequence = new(0, 0, Bytes.Encode(prompt).Ids.ToArray(), Bytes, options);
                    foreach (int token in text.Tokens)
                    {
                        sequence.Reason.Should().BeNull();
                        sequence.Take(token, [.. stops]);
                    }

                    if (sequence.Reason is null && stops.Length > 0) sequence.Take(stops[0], [.. stops]);
                    sequence.Reason.Should().Be(text.Reason);
                    (sequence.ToResult() with { Score = text.Score }).Should().BeEquivalentTo(text);
                }
            }
        }
    }

    private static double[] LogProbabilities(GptModel model, TensorArena arena, int[] ids)
    {
        using Pass pass = Pass.Inference(arena);
        int v = model.Config.VocabularySize!.Value;
        double[] logits = [.. model.Logits(model.Hidden(pass, ids, new(1, ids.Length))).Data[^v..].ToArray().Select(logit => (double)logit)];
        double total = Math.Log(logits.Sum(Math.Exp));
        return [.. logits.Select(logit => logit - total)];
    }
}
