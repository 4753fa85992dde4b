using System.Globalization;
using NlpPretrain.Initialization;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>The architecture of a BERT.</summary>
/// <remarks>The defaults are those of BERT-Base, but for the first weights. Source: Devlin et al. 2019, section 3; Turc et al. 2019, arXiv:1908.08962, for the smaller ones.</remarks>
public sealed record BertConfig
{
    private const double PublishedDeviation = 0.02;

    private readonly double? _initialDeviation;

    /// <summary>Number of blocks, 1 to 1,000. Default 12.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>H, attention heads, a divisor of <see cref="Width"/> that leaves each at most 256 columns. Default 12.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>C, the size of a position's vector, 1 to 65,536. Default 768.</summary>
    public int Width { get; init; } = 768;

    /// <summary>I, the size of the vectors between the two maps of a block's MLP, 1 to 262,144. Default null: 4·<see cref="Width"/>.</summary>
    public int? InnerWidth { get; init; }

    /// <summary>The most tokens of a sequence, 1 to 1,048,576. Default 512.</summary>
    public int ContextLength { get; init; } = 512;

    /// <summary>Number of segments that a token may be of, 1 to 65,536. Default 2.</summary>
    public int SegmentTypes { get; init; } = 2;

    /// <summary>V, at least 1. Default null: as many as the tokenizer has, which the pretrainer fills in; the config of a model has it always.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Whether the model has a pooler, and to pretrain a next-sentence head behind it. Default true; heads of tokens and spans need none.</summary>
    public bool HasPooler { get; init; } = true;

    /// <summary>The part of the embeddings and of each sub-layer's output that training drops, 0 to below 1. Default 0.1.</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>The part of the attention's probabilities that training drops, 0 to below 1. Default 0.1.</summary>
    public float AttentionDropout { get; init; } = 0.1f;

    /// <summary>Whether GELU is computed in its tanh form, as google-research's code does, not exactly. Default false.</summary>
    public bool UsesTanhGelu { get; init; }

    /// <summary>ε, what each norm adds to the variance, positive. Default 1e-12.</summary>
    public float NormEpsilon { get; init; } = 1e-12f;

    /// <summary>Standard deviation of the first weights, positive; they are normal and drawn again beyond two deviations. Default 1/√C; the presets Base and ChineseBase have the published 0.02.</summary>
    /// <remarks>Differs: with 1/√C a sum of C products is as large as its terms under every width. With 0.02 a narrow model hardly hears its attention at first, and learns much slower.</remarks>
    public double InitialDeviation { get => _initialDeviation ?? 1 / Math.Sqrt(Width); init => _initialDeviation = value; }

    /// <summary>2 blocks of width 128 with 2 heads: for tests and first steps.</summary>
    public static BertConfig Tiny => new() { Layers = 2, Heads = 2, Width = 128 };

    /// <summary>4 blocks of width 256 with 4 heads: some minutes on a laptop.</summary>
    public static BertConfig Mini => new() { Layers = 4, Heads = 4, Width = 256 };

    /// <summary>4 blocks of width 512 with 8 heads: some hours on a laptop.</summary>
    public static BertConfig Small => new() { Layers = 4, Heads = 8, Width = 512 };

    /// <summary>8 blocks of width 512 with 8 heads.</summary>
    public static BertConfig Medium => new() { Layers = 8, Heads = 8, Width = 512 };

    /// <summary>BERT-Base, uncased: 12 blocks of width 768, context 512, 30,522 tokens; 109 million parameters.</summary>
    public static BertConfig Base => new() { VocabularySize = 30_522, InitialDeviation = PublishedDeviation };

    /// <summary>BERT-Base, Chinese: 12 blocks of width 768, context 512, 21,128 tokens; 102 million parameters.</summary>
    public static BertConfig ChineseBase => new() { VocabularySize = 21_128, InitialDeviation = PublishedDeviation };

    /// <summary>I, whether it was given or not.</summary>
    internal int InnerSize => InnerWidth ?? 4 * Width;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        ConfigRange range = new(nameof(BertConfig));
        range.Require(Layers, 1, 1_000, nameof(Layers));
        range.Require(Width, 1, 65_536, nameof(Width));
        range.RequireHeads(Heads, Width);
        if (InnerWidth is { } inner) range.Require(inner, 1, 262_144, nameof(InnerWidth));
        range.Require(ContextLength, 1, 1 << 20, nameof(ContextLength));
        range.Require(SegmentTypes, 1, 65_536, nameof(SegmentTypes));
        if (VocabularySize is { } size) range.Require(size, 1, int.MaxValue, nameof(VocabularySize));
        range.RequireProbability(Dropout, nameof(Dropout));
        range.RequireProbability(AttentionDropout, nameof(AttentionDropout));
        range.RequirePositive(NormEpsilon, nameof(NormEpsilon));
        range.RequirePositive(InitialDeviation, nameof(InitialDeviation));
    }

    /// <summary>The number of the weights of a <see cref="BertModel"/>: embeddings, blocks and pooler.</summary>
    /// <exception cref="InvalidOperationException">There is no vocabulary's size.</exception>
    public long CountParameters()
    {
        long vocabulary = VocabularySize ?? throw new InvalidOperationException("The vocabulary's size is not known yet; set it to the number of the tokenizer's tokens (BertConfig.VocabularySize).");
        long width = Width, inner = InnerSize, norm = 2 * width;
        long attention = 4 * width * (width + 1), mlp = inner * (width + 1) + width * (inner + 1);       // weights and biases
        return (vocabulary + ContextLength + SegmentTypes) * width + norm + Layers * (attention + mlp + 2 * norm) + (HasPooler ? width * (width + 1) : 0);
    }

    /// <summary>All values in a line, which no culture changes: a checkpoint holds it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(BertConfig)} {{ Layers = {Layers}, Heads = {Heads}, Width = {Width}, InnerWidth = {InnerWidth}, ContextLength = {ContextLength}, SegmentTypes = {SegmentTypes}, " +
        $"VocabularySize = {VocabularySize}, HasPooler = {HasPooler}, Dropout = {Dropout}, AttentionDropout = {AttentionDropout}, UsesTanhGelu = {UsesTanhGelu}, NormEpsilon = {NormEpsilon}, " +
        $"InitialDeviation = {InitialDeviation} }}");

    /// <summary>First values of a weight: truncated normal; zeros where the deviation is 0, for a model that a file fills.</summary>
    internal Initializer Weights() => InitialDeviation == 0 ? Initializers.Zeros : Initializers.TruncatedNormal(InitialDeviation);
}
