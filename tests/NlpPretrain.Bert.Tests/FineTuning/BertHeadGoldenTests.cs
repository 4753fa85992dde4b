using NlpPretrain.Core.Tests.Goldens;
using NlpPretrain.Optimization;
using NlpPretrain.Tensors;
using NlpPretrain.Training;

namespace NlpPretrain.Bert.Tests.FineTuning;

/// <summary>Each head's scores, loss, every gradient and ten steps of training against PyTorch in double precision: see tests/goldens/make_bert_tuning.py.</summary>
public sealed class BertHeadGoldenTests(ITestOutputHelper output)
{
    private static readonly BertConfig Config = new() { Layers = 2, Heads = 3, Width = 12, InnerWidth = 20, ContextLength = 8, VocabularySize = 23, Dropout = 0, AttentionDropout = 0 };

    [Fact]
    public void Classification() => Check("classification", BertHeadForm.Pooled(3), (golden, encoded) => new LabelledExamples<BertSequence>(encoded, [.. golden.Integers("targets").Select(label => (int[])[label])]));

    [Fact]
    public void Similarity() => Check("similarity", BertHeadForm.Pooled(1), (golden, encoded) => new ScoredExamples<BertSequence>(encoded, golden.Singles("targets"), deviation: 1));

    [Fact]
    public void Choices_of_different_numbers() => Check("choice", BertHeadForm.Choice, (golden, encoded) => new ChoiceExamples<BertSequence>(encoded, golden.Integers("targets")));

    [Fact]
    public void Tagging() => Check("tagging", BertHeadForm.Words(4), (golden, encoded) =>
    {
        Queue<int> labels = new(golden.Integers("targets"));
        return new LabelledExamples<BertSequence>(encoded, [.. encoded.Select(example => (int[])[.. example[0].Places.Select(_ => labels.Dequeue())])]);
    });

    [Fact]
    public void Spans() => Check("spans", BertHeadForm.Spans, (golden, encoded) => new SpanExamples<BertSequence>(encoded, [.. golden.Integers("targets").Chunk(2).Select(pair => (pair[0], pair[1]))], [.. encoded.Select(sequences => sequences[0].Length)]));

    private void Check(string name, BertHeadForm form, Func<GoldenFile, BertSequence[][], TaskExamples<BertSequence>> create)
    {
        GoldenFile golden = GoldenFile.Open(name);
        BertTuned tuned = new(new BertModel(Config with { HasPooler = form.UsesPooler }, 1), form, dropout: 0, new BertInputs(ToyTasks.Tokenizer, 8, segmentTypes: 2), seed: 1);
        golden.Fill(tuned.Parameters);
        TaskExamples<BertSequence> examples = create(golden, Encoded(golden));
        using TensorArena arena = new(2);
        using (Pass pass = Pass.Inference(arena))
        {
            BertTaskBatch batch = new();
            batch.Fill(examples.Encoded, [.. Enumerable.Range(0, examples.Encoded.Length)]);
            golden.Check(output, "scores", tuned.Scores(pass, batch).Data);
        }

        using BertFineTuningTask task = new(new Model(tuned), examples, heldOut: null, new BertTuningOptions(), new TrainingOptions { BatchSize = 8 });
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
            statistics.Mean.Should().BeApproximately(losses[step], GoldenModels.Tolerance);
            statistics.Tokens.Should().Be(golden.Integers("lengths").Sum());
            if (step == 0)
            {
                foreach (Parameter parameter in tuned.Parameters) CheckGradient(golden, parameter);
            }

            optimizer.Step(0.01, maximumNorm: 0.5);
        }
    }

    /// <summary>What moves all scores of a sequence alike moves no softmax over them: the gradient is 0 but for rounding, of which no part is right.</summary>
    private void CheckGradient(GoldenFile golden, Parameter parameter)
    {
        double[] exact = golden.Doubles($"gradient.{parameter.Name}");
        if (exact.Any(value => Math.Abs(value) > 1e-12)) golden.Check(output, $"gradient.{parameter.Name}", parameter.Gradient, exact);
        else parameter.Gradient.ToArray().Max(Math.Abs).Should().BeLessThan(1e-6f, parameter.Name);
    }

    private static BertSequence[][] Encoded(GoldenFile golden)
    {
        int time = golden.ShapeOf("ids")[1];
        int[] lengths = golden.Integers("lengths");
        int[][] ids = [.. golden.Integers("ids").Chunk(time)], segments = [.. golden.Integers("segments").Chunk(time)];
        ILookup<int, int> places = golden.Integers("places").ToLookup(place => place / time, place => place % time);
        Queue<BertSequence> sequences = new(lengths.Select((length, row) => new BertSequence(ids[row][..length], segments[row][..length], [.. places[row]])));
        return [.. golden.Integers("counts").Select(count => (BertSequence[])[.. Enumerable.Range(0, count).Select(_ => sequences.Dequeue())])];
    }

    private sealed class Model(BertTuned tuned) : BertTunedModel(tuned)
    {
        private protected override BertTask Describe() => throw new NotSupportedException();
    }
}
