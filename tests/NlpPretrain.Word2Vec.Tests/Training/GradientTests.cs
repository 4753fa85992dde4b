using NlpPretrain.Tensors;
using NlpPretrain.Testing;
using NlpPretrain.Text;

namespace NlpPretrain.Word2Vec.Tests.Training;

/// <summary>The trainer against the papers' update rules, written out in double precision, window after window.</summary>
public sealed class GradientTests
{
    private const float Rate = 0.05f;

    public static TheoryData<string, Word2VecConfig> Configs() => new()
    {
        { "skip-gram, shared noise", new() { Dimensions = 20 } },
        { "skip-gram, fresh noise", new() { Dimensions = 20, NoiseSharing = NoiseSharing.Pair } },
        { "skip-gram, 13 noise words, fixed window of 7", new() { Dimensions = 33, NegativeSamples = 13, Window = 7, ShrinkWindow = false } },
        { "skip-gram, tree", new() { Dimensions = 20, Objective = Word2VecObjective.HierarchicalSoftmax } },
        { "CBOW, mean", new() { Dimensions = 20, Architecture = Word2VecArchitecture.Cbow } },
        { "CBOW, sum", new() { Dimensions = 100, Architecture = Word2VecArchitecture.Cbow, CbowCombination = CbowCombination.Sum, NegativeSamples = 2 } },
        { "CBOW, tree", new() { Dimensions = 16, Architecture = Word2VecArchitecture.Cbow, Objective = Word2VecObjective.HierarchicalSoftmax } },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void A_block_moves_both_matrices_as_the_equations_say(string name, Word2VecConfig config)
    {
        name.Should().NotBeEmpty();
        (Word2VecModel model, EncodedCorpus corpus) = Prepare(config);
        using EncodedCorpus encoded = corpus;
        BlockPlan plan = model.Sampling.CreatePlan();
        BlockTrainer trainer = model.Sampling.CreateTrainer();
        Reference reference = new(model);

        for (int block = 0; block < encoded.BlockCount; block++)
        {
            plan.Draw(encoded, block, seed: 3, (ulong)block);
            (double measured, long predictions) = trainer.Measure(plan, model.Inputs, model.Outputs);
            double before = reference.Loss(plan);
            measured.Should().BeApproximately(before, 1e-5 * before);

            (double loss, long trained) = trainer.Train(plan, model.Inputs, model.Outputs, Rate);
            double expected = reference.Train(plan);
            loss.Should().BeApproximately(expected, 1e-5 * expected);
            trained.Should().Be(predictions);
        }

        reference.MaxDifference().Should().BeLessThan(2e-5);
    }

    [Fact]
    public void Measuring_changes_nothing_and_a_steady_block_allocates_nothing()
    {
        (Word2VecModel model, EncodedCorpus corpus) = Prepare(new() { Dimensions = 20 });
        using EncodedCorpus encoded = corpus;
        BlockPlan plan = model.Sampling.CreatePlan();
        BlockTrainer trainer = model.Sampling.CreateTrainer();
        string untouched = Samples.Hash(model);
        for (int block = 0; block < encoded.BlockCount; block++)
        {
            plan.Draw(encoded, block, seed: 3, (ulong)block);
            trainer.Measure(plan, model.Inputs, model.Outputs);
        }

        Samples.Hash(model).Should().Be(untouched);

        Allocations.CheckNoneHere(() =>
        {
            for (int block = 0; block < encoded.BlockCount; block++)
            {
                plan.Draw(encoded, block, seed: 3, (ulong)block);
                trainer.Train(plan, model.Inputs, model.Outputs, Rate);
            }
        });
    }

    private static (Word2VecModel Model, EncodedCorpus Corpus) Prepare(Word2VecConfig config)
    {
        InMemoryCorpus corpus = Samples.Corpus(sentences: 60);
        WordVocabulary vocabulary = Samples.Vocabulary(corpus);
        Word2VecModel model = new Word2VecPretrainer(vocabulary, Samples.Tokenizer).CreateModel(config with { Subsampling = 0.02 }, seed: 1);

        // Output rows begin at zero, where many mistakes do not show.
        Random random = new(2);
        for (int row = 0; row < model.Inputs.Rows; row++) Fill(model.Inputs[row]);
        for (int row = 0; row < model.Outputs.Rows; row++) Fill(model.Outputs[row]);
        return (model, EncodedCorpus.Encode(corpus, Samples.Tokenizer, vocabulary, blockWords: 100));

        void Fill(Span<float> row)
        {
            foreach (ref float value in row) value = random.NextSingle() - 0.5f;
        }
    }

    /// <summary>Plain loops in double. A row that stands twice in one step receives both changes, from the values that the kernel reads.</summary>
    private sealed class Reference(Word2VecModel model)
    {
        private readonly double[][] _inputs = Copy(model.Inputs), _outputs = Copy(model.Outputs);

        internal double Loss(BlockPlan plan) => Run(plan, update: false);

        internal double Train(BlockPlan plan) => Run(plan, update: true);

        internal double MaxDifference()
        {
            double worst = 0;
            for (int row = 0; row < _inputs.Length; row++)
            {
                for (int i = 0; i < _inputs[row].Length; i++) worst = Math.Max(worst, Math.Abs(_inputs[row][i] - model.Inputs[row][i]));
            }

            for (int row = 0; row < _outputs.Length; row++)
            {
                for (int i = 0; i < _outputs[row].Length; i++) worst = Math.Max(worst, Math.Abs(_outputs[row][i] - model.Outputs[row][i]));
            }

            return worst;
        }

        private double Run(BlockPlan plan, bool update)
        {
            double loss = 0;
            for (int position = 0; position < plan.Count; position++)
            {
                List<int> neighbours = [.. Enumerable.Range(plan.WindowStart(position), plan.WindowEnd(position) - plan.WindowStart(position))
                    .Where(i => i != position).Select(i => plan.Words[i])];
                if (neighbours.Count == 0) continue;

                int[] rows = plan.OutputsOf(position).ToArray();
                int target = plan.Targets[position];
                if (model.Config.Architecture == Word2VecArchitecture.Cbow) loss += Combined(neighbours, target, rows, update);
                else if (model.Config.NoiseSharing == NoiseSharing.Window || model.Sampling.Tree is not null) loss += Pairs(neighbours, target, rows, update);
                else
                {
                    int[][] sets = [.. rows.Chunk(rows.Length / neighbours.Count)];
                    for (int b = 0; b < neighbours.Count; b++) loss += Pairs([neighbours[b]], target, sets[b], update);
                }
            }

            return loss;
        }

        private double Pairs(List<int> neighbours, int target, int[] rows, bool update)
        {
            double[] signs = Signs(target, rows);
            double[,] g = new double[neighbours.Count, rows.Length];
            double loss = 0;
            for (int b = 0; b < neighbours.Count; b++)
            {
                for (int k = 0; k < rows.Length; k++)
                {
                    if (signs[k] == 0) continue;
                    double z = signs[k] * Dot(_inputs[neighbours[b]], _outputs[rows[k]]);
                    loss += Math.Log(1 + Math.Exp(-z));
                    g[b, k] = Rate * signs[k] / (1 + Math.Exp(z));
                }
            }

            if (!update) return loss;

            // With one tile of 6 rows a neighbour that stands twice moves before its second turn; with more, all turns read the old values.
            bool oneTile = rows.Length == WindowKernel.Tile;
            double[][] oldInputs = [.. neighbours.Select(word => (double[])_inputs[word].Clone())];
            double[][] old = [.. rows.Select(row => row < 0 ? [] : (double[])_outputs[row].Clone())];
            for (int b = 0; b < neighbours.Count; b++)
            {
                double[] input = _inputs[neighbours[b]], before = oneTile ? (double[])input.Clone() : oldInputs[b];
                for (int k = 0; k < rows.Length; k++)
                {
                    for (int i = 0; signs[k] != 0 && i < input.Length; i++)
                    {
                        input[i] += g[b, k] * old[k][i];
                        _outputs[rows[k]][i] += g[b, k] * before[i];
                    }
                }
            }

            return loss;
        }

        private double Combined(List<int> neighbours, int target, int[] rows, bool update)
        {
            double[] signs = Signs(target, rows), h = new double[_inputs[0].Length], error = new double[h.Length];
            double scale = model.Config.CbowCombination == CbowCombination.Mean ? 1.0 / neighbours.Count : 1;
            foreach (int neighbour in neighbours)
            {
                for (int i = 0; i < h.Length; i++) h[i] += scale * _inputs[neighbour][i];
            }

            double loss = 0;
            for (int k = 0; k < rows.Length; k++)
            {
                if (signs[k] == 0) continue;
                double z = signs[k] * Dot(h, _outputs[rows[k]]), g = Rate * signs[k] / (1 + Math.Exp(z));
                loss += Math.Log(1 + Math.Exp(-z));
                for (int i = 0; update && i < h.Length; i++)
                {
                    error[i] += g * _outputs[rows[k]][i];
                    _outputs[rows[k]][i] += g * h[i];
                }
            }

            foreach (int neighbour in neighbours)
            {
                for (int i = 0; i < h.Length; i++) _inputs[neighbour][i] += error[i];
            }

            return loss;
        }

        private double[] Signs(int target, int[] rows)
        {
            bool[]? branches = model.Sampling.Tree?.BranchesTo(target).ToArray();
            return [.. rows.Select((row, k) => row < 0 ? 0.0 : branches is not null ? (branches[k] ? -1 : 1) : row == target ? 1 : -1)];
        }

        private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

        private static double[][] Copy(Matrix matrix) =>
            [.. Enumerable.Range(0, matrix.Rows).Select(row => matrix[row].ToArray().Select(x => (double)x).ToArray())];
    }
}
