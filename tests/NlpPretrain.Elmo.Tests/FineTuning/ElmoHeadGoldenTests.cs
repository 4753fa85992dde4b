using NlpPretrain.Core.Tests.Goldens;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Elmo.Tests.FineTuning;

/// <summary>Each head's scores, loss, every gradient, those of the mix and of the language model too, and ten steps of training against PyTorch in double precision: see tests/goldens/make_elmo_tuning.py.</summary>
public sealed class ElmoHeadGoldenTests(ITestOutputHelper output)
{
    private static readonly ElmoConfig Config = TinyElmo.Words with { Layers = 3, Dropout = 0 };
    private static readonly ElmoTuningOptions Tuning = new() { ModelRate = 1, MixPenalty = 0.3 };

    [Fact]
    public void Texts() => Check("elmo-text", ElmoHeadKind.Text, 3, (golden, encoded) => new LabelledExamples<ElmoSequence>(encoded, [.. golden.Integers("targets").Select(label => (int[])[label])]));

    [Fact]
    public void Tags() => Check("elmo-tags", ElmoHeadKind.Words, 4, (golden, encoded) =>
    {
        Queue<int> labels = new(golden.Integers("targets"));
        return new LabelledExamples<ElmoSequence>(encoded, [.. encoded.Select(example => (int[])[.. example[0].Places.Select(_ => labels.Dequeue())])]);
    });

    [Fact]
    public void Pairs() => Check("elmo-pair", ElmoHeadKind.Pair, 3, (golden, encoded) => new LabelledExamples<ElmoSequence>(encoded, [.. golden.Integers("targets").Select(label => (int[])[label])]));

    [Fact]
    public void Similarity() => Check("elmo-similarity", ElmoHeadKind.Similarity, 1, (golden, encoded) => new ScoredExamples<ElmoSequence>(encoded, golden.Singles("targets"), deviation: 1));

    [Fact]
    public void Spans() => Check("elmo-spans", ElmoHeadKind.Spans, 2, (golden, encoded) => new SpanExamples<ElmoSequence>(encoded, [.. golden.Integers("targets").Chunk(2).Select(pair => (pair[0], pair[1]))], [.. encoded.Select(texts => texts[^1].Places.Length)]));

    private void Check(string name, ElmoHeadKind kind, int outputs, Func<GoldenFile, ElmoSequence[][], TaskExamples<ElmoSequence>> create)
    {
        GoldenFile golden = GoldenFile.Open(name);
        ElmoHeadForm form = new(kind, outputs, Cells: 5, Dropout: 0);
        ElmoTuned tuned = new(new ElmoModel(Config, 1), form, dropout: 0, normalizes: false, new ElmoInputs(ToyElmo.Characters, null, ToyElmo.Tokenizer, 8), seed: 1);
        golden.Fill(tuned.Parameters);
        ElmoSequence[][] texts = [.. new[] { "first", "second" }.Take(form.Texts).Select(text => Encoded(golden, text))];
        TaskExamples<ElmoSequence> examples = create(golden, [.. texts[0].Select((_, example) => texts.Select(text => text[example]).ToArray())]);
        using TensorArena arena = new(2);
        using (Pass pass = Pass.Inference(arena))
        {
            ElmoTaskBatch batch = new(Config, form.Texts);
            batch.Fill(examples.Encoded, [.. Enumerable.Range(0, examples.Encoded.Length)]);
            golden.Check(output, "scores", tuned.Scores(pass, batch).Data);
        }

        using ElmoFineTuningTask task = new(new Model(tuned), examples, heldOut: null, Tuning, new TrainingOptions { BatchSize = 8 });
        task.BatchesPerEpoch.Should().Be(1);
        AdamW optimizer = new(arena, task.Group(0.1));
        double[] losses = golden.Doubles("losses");
        losses.Should().HaveCount(10);
        for (int step = 0; step < losses.Length; step++)
        {
            using Pass pass = Pass.Training(arena);
            Tensor loss = task.Loss(pass, step, out BatchStatistics statistics);
            loss.Backward();
            golden.Check(output, $"loss {step}", [loss.Item], [losses[step]]);
            statistics.Tokens.Should().Be(examples.Encoded.Sum(example => example.Sum(text => text.Length)));
            if (step == 0)
            {
                foreach (Parameter parameter in tuned.Parameters) CheckGradient(golden, parameter);
            }

            optimizer.Step(0.01, maximumNorm: 0.2);
        }
    }

    /// <summary>What moves all scores of a softmax alike moves nothing: the gradient is 0 but for rounding, of which no part is right.</summary>
    private void CheckGradient(GoldenFile golden, Parameter parameter)
    {
        double[] exact = golden.Doubles($"gradient.{parameter.Name}");
        if (exact.Any(value => Math.Abs(value) > 1e-12)) golden.Check(output, $"gradient.{parameter.Name}", parameter.Gradient, exact);
        else parameter.Gradient.ToArray().Max(Math.Abs).Should().BeLessThan(1e-6f, parameter.Name);
    }

    private static ElmoSequence[] Encoded(GoldenFile golden, string text)
    {
        int time = golden.ShapeOf($"{text}.numbers")[1];
        int[] lengths = golden.Integers($"{text}.lengths");
        int[][] numbers = [.. golden.Integers($"{text}.numbers").Chunk(time)];
        ILookup<int, int> places = golden.Integers($"{text}.places").ToLookup(place => place / time, place => place % time);
        return [.. lengths.Select((length, row) => new ElmoSequence(numbers[row][..length], length, [.. places[row]]))];
    }

    private sealed class Model(ElmoTuned tuned) : ElmoTunedModel(tuned)
    {
        private protected override ElmoTask Describe() => throw new NotSupportedException();
    }
}
