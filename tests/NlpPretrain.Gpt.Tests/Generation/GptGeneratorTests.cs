using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using static NlpPretrain.Gpt.Tests.Generation.GenerationTesting;

namespace NlpPretrain.Gpt.Tests.Generation;

public class GptGeneratorTests
{
    private static readonly string[] Prompts = ["a", "the longest of these prompts", "苹果", "abcab"];

    private static readonly GenerationOptions Sampling = new() { MaxNewTokens = 20, Temperature = 0.9, TopK = 40, TopP = 0.95, MinP = 0.01, RepetitionPenalty = 1.2, StopTokens = [] };

    [Theory]
    [InlineData(GptArchitecture.Gpt1, 32)]
    [InlineData(GptArchitecture.Gpt2, 32)]
    [InlineData(GptArchitecture.Gpt2, 20)]
    [InlineData(GptArchitecture.Gpt2, 128)]
    public void Cached_logits_have_the_bits_of_uncached_ones_however_the_tokens_come(GptArchitecture architecture, int width)
    {
        GptModel model = Model(architecture, context: 100, width);
        using TensorArena arena = new(2);
        int[] ids = [.. Enumerable.Range(0, 100).Select(i => i * 37 % 256)];
        float[] whole = Logits(model, arena, ids, null);
        int v = Bytes.Count;
        foreach (int[] chunks in new[] { [.. Enumerable.Repeat(1, 100)], new[] { 64, 1, 1, 34 }, [3, 4, 5, 88], [99, 1], [2, 2, 2, 2, 92] })
        {
            KeyValueCache[] caches = [.. Enumerable.Range(0, 2).Select(_ => new KeyValueCache(1, 100, width))];
            int start = 0;
            foreach (int count in chunks)
            {
                Logits(model, arena, ids[start..(start + count)], caches).AsSpan().SequenceEqual(whole.AsSpan(start * v, count * v)).Should().BeTrue($"{count} tokens at {start}");
                start += count;
            }
        }
    }

    [Fact]
    public void A_batch_is_its_prompts_one_by_one_at_any_number_of_workers()
    {
        GptGenerator generator = new(Model(), Bytes);
        GeneratedText[] expected = [.. Prompts.Select(prompt => generator.Generate(prompt, Sampling))];
        expected.Select(text => text.Text).Distinct().Should().HaveCount(4);
        for (int workers = 1; workers <= 4; workers++)
        {
            generator.Generate(Prompts, Sampling with { Workers = workers }).Should().BeEquivalentTo(expected, options => options.WithStrictOrdering());
            generator.Generate([Prompts[2], Prompts[0]], Sampling with { Workers = workers }).Should().BeEquivalentTo([expected[2], expected[0]], options => options.WithStrictOrdering());
        }
    }

    [Fact]
    public void Texts_go_on_as_if_alone_behind_others_of_the_batch_that_have_ended()
    {
        GptGenerator generator = new(Model(), Bytes);
        GenerationOptions stopping = Sampling with { Sequences = 3, StopTokens = [.. Enumerable.Range(0, 30)] };
        GeneratedText[] texts = generator.Generate(Prompts, stopping);
        texts.Should().BeEquivalentTo(Prompts.SelectMany(prompt => generator.Generate([prompt], stopping)), options => options.WithStrictOrdering());
        texts.Zip(texts[1..]).Should().Contain(pair => pair.First.Tokens.Count < pair.Second.Tokens.Count);

        GeneratedText[] whole = generator.Generate(Prompts, stopping with { StopTokens = [] });
        for (int i = 0; i < whole.Length; i++) texts[i].Tokens.Should().Equal(whole[i].Tokens.TakeWhile(token => token >= 30));
    }

    [Fact]
    public void Sequences_of_a_prompt_differ_and_seeds_repeat()
    {
        GptGenerator generator = new(Model(), Bytes);
        GenerationOptions three = Sampling with { Sequences = 3 };
        GeneratedText[] texts = generator.Generate(["a", "more than one token"], three);
        texts.Select(text => text.Text).Distinct().Should().HaveCount(6);
        texts[0].Should().BeEquivalentTo(generator.Generate("a", Sampling)).And.BeEquivalentTo(generator.Generate("a", three));
        texts[3..].Should().BeEquivalentTo(generator.Generate(["more than one token"], three), options => options.WithStrictOrdering());
        generator.Generate("a", Sampling with { Seed = 2 }).Text.Should().NotBe(texts[0].Text);
    }

    [Fact]
    public async Task A_stream_joins_to_the_text()
    {
        GptGenerator generator = new(Model(), Bytes);
        foreach (string prompt in Prompts)
        {
            List<string> pieces = [];
            await foreach (string piece in generator.StreamAsync(prompt, Sampling)) pieces.Add(piece);
            string.Concat(pieces).Should().Be(generator.Generate(prompt, Sampling).Text);
            pieces.Should().NotContain("").And.HaveCountGreaterThan(3);
        }
    }

    [Fact]
    public async Task Cancelling_stops_between_tokens()
    {
        GptGenerator generator = new(Model(), Bytes);
        using CancellationTokenSource source = new();
        int pieces = 0;
        Func<Task> stream = async () =>
        {
            await foreach (string _ in generator.StreamAsync("a", Sampling, source.Token))
            {
                if (++pieces == 2) await source.CancelAsync();
            }
        };
        await stream.Should().ThrowAsync<OperationCanceledException>();
        pieces.Should().Be(2);
        new Action(() => generator.Generate("a", Sampling, source.Token)).Should().Throw<OperationCanceledException>();
        new Action(() => generator.Generate("a", new() { MaxNewTokens = 5, Beams = 2 }, source.Token)).Should().Throw<OperationCanceledException>();
        await new Func<Task>(() => generator.GenerateAsync(["a"], Sampling, source.Token)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void Greedy_is_the_largest_uncached_logit_each_time()
    {
        GptModel model = Model();
        GenerationOptions options = GenerationOptions.Greedy with { MaxNewTokens = 15, StopTokens = [] };
        new GptGenerator(model, Bytes).Generate("abc", options).Tokens.Should().Equal(Largest(model, "abc", 15));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(0.6)]
    public void The_penalty_falls_on_tokens_of_the_prompt_and_on_those_behind_it(double penalty)
    {
        GptModel model = Model();
        GenerationOptions options = GenerationOptions.Greedy with { MaxNewTokens = 25, StopTokens = [], RepetitionPenalty = penalty };
        foreach (string prompt in Prompts)
            new GptGenerator(model, Bytes).Generate(prompt, options).Tokens.Should().Equal(Largest(model, prompt, 25, penalty));
    }

    [Fact]
    public void Ids_that_only_the_model_has_are_never_chosen()
    {
        GptModel model = Model(vocabulary: 2 * Bytes.Count);
        GenerationOptions options = GenerationOptions.Greedy with { MaxNewTokens = 15, StopTokens = [] };
        GeneratedText[] texts = new GptGenerator(model, Bytes).Generate(Prompts, options);
        for (int i = 0; i < Prompts.Length; i++) texts[i].Tokens.Should().Equal(Largest(model, Prompts[i], 15));
    }

    [Fact]
    public void Stop_tokens_and_stop_strings_end_a_text_before_them()
    {
        GptGenerator generator = new(Model(), Bytes);
        GeneratedText whole = generator.Generate("abc", Sampling);
        whole.Reason.Should().Be(StopReason.Length);
        whole.Tokens.Should().HaveCount(20);

        int stop = whole.Tokens[7], first = whole.Tokens.ToList().IndexOf(stop);
        GeneratedText byToken = generator.Generate("abc", Sampling with { StopTokens = [stop] });
        (byToken.Reason, byToken.Tokens.Count).Should().Be((StopReason.StopToken, first));

        string part = whole.Text.Substring(5, 2);
        GeneratedText byString = generator.Generate("abc", Sampling with { StopStrings = [part] });
        byString.Reason.Should().Be(StopReason.StopString);
        byString.Text.Should().Be(whole.Text[..whole.Text.IndexOf(part, StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData(8, "xyz")]
    [InlineData(8, "01234567")]
    [InlineData(7, "xyz")]
    [InlineData(1, "x")]
    public void A_full_context_slides_to_its_newer_half(int context, string prompt)
    {
        GptModel model = Model(context: context);
        int[] expected = Largest(model, prompt, 30);
        GenerationOptions options = GenerationOptions.Greedy with { MaxNewTokens = 30, WhenContextIsFull = FullContext.Slide, StopTokens = [] };
        GptGenerator generator = new(model, Bytes);
        generator.Generate(prompt, options).Tokens.Should().Equal(expected);
        foreach (GeneratedText text in generator.Generate(["q", prompt], options with { Sequences = 2 })[2..]) text.Tokens.Should().Equal(expected);
    }

    [Fact]
    public void A_context_that_may_slide_has_room_for_the_longest_prompt_of_a_batch()
    {
        GptGenerator generator = new(Model(), Bytes);
        GeneratedText[] expected = generator.Generate(Prompts, Sampling);
        generator.Generate(Prompts, Sampling with { WhenContextIsFull = FullContext.Slide }).Should().BeEquivalentTo(expected, options => options.WithStrictOrdering());
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        GenerationOptions options = Sampling with { MaxNewTokens = 50, Workers = 1 };
        GptModel model = Model();
        using SamplingRun run = new(model, Bytes, new(model, Bytes, ["ab"], options), options);
        for (int i = 0; i < 10; i++) run.Step();
        Allocations.CheckNoneHere(() => run.Step());
    }

    [Fact]
    public void Bfloat16_weights_give_the_same_texts_alone_and_in_batches_that_use_the_float_path()
    {
        GptModel model = Model(), rounded = model.ToBfloat16();
        GptGenerator generator = new(rounded, Bytes);
        string[] prompts = [.. Prompts, "more", "than", "four"];
        GeneratedText[] alone = [.. prompts.Select(prompt => generator.Generate(prompt, Sampling))];
        generator.Generate(prompts, Sampling).Should().BeEquivalentTo(alone, options => options.WithStrictOrdering());
        rounded.Parameters.Should().OnlyContain(parameter => !parameter.IsTrainable);
        model.Parameters.Should().OnlyContain(parameter => parameter.IsTrainable);
    }

    [Fact]
    public void Refuses_what_does_not_fit_before_anything_is_generated()
    {
        GptModel model = Model(context: 16);
        GptGenerator generator = new(model, Bytes);
        Refused(() => generator.Generate("a prompt of more than 16 tokens"), "The prompt has 31 tokens; this model was configured for 16 (GptConfig.ContextLength)*");
        Refused(() => generator.Generate("0123456789", new() { MaxNewTokens = 7 }), "The prompt has 10 tokens and 7 new ones*at most 6*");
        Refused(() => generator.Generate("0123456789", new() { MaxNewTokens = int.MaxValue }), "The prompt has 10 tokens and 2147483647 new ones*at most 6*");
        Refused(() => generator.Generate("0123456789", new() { MaxNewTokens = int.MaxValue, WhenContextIsFull = FullContext.Slide }), "The prompt has 10 tokens and 2147483647 new ones*a text has at most*");
        generator.Generate("0123456789", new() { MaxNewTokens = 6, StopTokens = [] }).Tokens.Should().HaveCount(6);
        generator.Generate("", new() { MaxNewTokens = 6, StopTokens = [] }).Tokens.Should().HaveCount(6);
        BytePairModel withoutEnd = new(Enumerable.Range(0, 256).Select(value => ByteAlphabet.CharacterOf((byte)value).ToString()), [], BytePairOptions.Gpt2);
        Refused(() => new GptGenerator(model, new Tokenizer(withoutEnd, preTokenizer: new ByteLevelPreTokenizer(), decoder: new ByteLevelDecoder())).Generate(""), "The prompt has no tokens*");
        Refused(() => new GptGenerator(Model(vocabulary: 100), Bytes).Generate("a"), "The tokenizer has 259 tokens and the model 100*");
        Refused(() => generator.StreamAsync("a", new() { MaxNewTokens = 5, Sequences = 2 }), "A stream is one text*");
        Refused(() => generator.StreamAsync("a", new() { MaxNewTokens = 5, Beams = 2 }), "A stream is one text*");
        Refused(() => generator.Generate("a", new() { MaxNewTokens = 5, StopTokens = [Bytes.Count] }), $"Stop token {Bytes.Count}*");
        Refused(() => generator.Generate([], new() { MaxNewTokens = 0 }), "MaxNewTokens is 0*");
        generator.Generate([]).Should().BeEmpty();
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        GenerationOptions[] wrong =
        [
            new() { MaxNewTokens = 0 }, new() { Temperature = -1 }, new() { Temperature = double.NaN }, new() { Temperature = double.PositiveInfinity }, new() { TopK = 0 }, new() { TopP = 0 }, new() { TopP = 1.1 }, new() { MinP = 2 }, new() { MinP = -0.1 },
            new() { RepetitionPenalty = 0 }, new() { RepetitionPenalty = double.PositiveInfinity }, new() { Beams = 0 }, new() { LengthPenalty = double.NaN }, new() { Sequences = 0 }, new() { StopStrings = [""] }, new() { Workers = 0 },
            new() { WhenContextIsFull = (FullContext)9 }, new() { Beams = 2, Sequences = 3 }, new() { Beams = 2, Temperature = 0.5 }, new() { Beams = 2, TopK = 3 },
            new() { Beams = 2, TopP = 0.9 }, new() { Beams = 2, MinP = 0.1 }, new() { Beams = 2, WhenContextIsFull = FullContext.Slide },
        ];
        foreach (GenerationOptions options in wrong) Refused(options.Validate, "*; it must be *(GenerationOptions.*");
        foreach (GenerationOptions options in new[] { new(), GenerationOptions.Greedy, new() { TopP = 1, MinP = 0 }, new() { MinP = 1 }, GenerationOptions.Greedy with { Beams = 2, Sequences = 2 } }) options.Validate();
    }

    private static void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);

    // One by one, nothing cached, of the tokenizer's ids.
    private static int[] Largest(GptModel model, string prompt, int count, double penalty = 1)
    {
        using TensorArena arena = new(1);
        List<int> ids = [.. Bytes.Encode(prompt).Ids];
        int start = ids.Count, window = 0, context = model.Config.ContextLength, v = model.Config.VocabularySize!.Value;
        for (int i = 0; i < count; i++)
        {
            if (ids.Count - window > context) window = ids.Count - Math.Max(context / 2, 1);
            float[] logits = Logits(model, arena, [.. ids.Skip(window)], null)[^v..][..Bytes.Count];
            foreach (int id in ids.Distinct()) logits[id] = (float)(logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty);
            ids.Add(Array.IndexOf(logits, logits.Max()));
        }

        return [.. ids.Skip(start)];
    }

    private static float[] Logits(GptModel model, TensorArena arena, int[] ids, KeyValueCache[]? caches)
    {
        using Pass pass = Pass.Inference(arena);
        Shape shape = new(1, ids.Length);
        return model.Logits(caches is null ? model.Hidden(pass, ids, shape) : model.Hidden(pass, ids, shape, caches)).Data.ToArray();
    }
}
