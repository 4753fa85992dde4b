using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>What the tuned models of all tasks are made of: the model with its three new tokens, the head, and the form of the inputs.</summary>
internal sealed class GptTuned
{
    public GptTuned(GptModel model, GptHead head, GptInputs inputs, bool isBothOrders)
    {
        (Model, Head, Inputs, IsBothOrders) = (model, head, inputs, isBothOrders);
        Predictor = new GptPredictor(this);
    }

    public GptModel Model { get; }

    public GptHead Head { get; }

    public GptInputs Inputs { get; }

    /// <summary>Whether an example is two sequences whose representations are added.</summary>
    public bool IsBothOrders { get; }

    public GptPredictor Predictor { get; }

    public IReadOnlyList<Parameter> Parameters => [.. Model.Parameters, .. Head.Parameters];

    /// <summary>Copies the pretrained model, extends it by the new tokens and puts a new head on it.</summary>
    public static GptTuned Create(GptModel pretrained, Tokenizer tokenizer, GptTuningOptions options, int outputs, bool hasBias, bool isBothOrders, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(pretrained);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(pretrained.Config);
        int vocabulary = pretrained.Config.VocabularySize!.Value;
        if (tokenizer.Count > vocabulary)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The tokenizer has {tokenizer.Count} tokens and the model {vocabulary}; use the tokenizer that the model was trained with (GptConfig.VocabularySize)."), nameof(pretrained));
        }

        GptModel model = pretrained.Transfer(options.TransferredLayers ?? pretrained.Config.Layers, seed).Extend(GptInputs.NewTokens, seed);
        GptHead head = new(model.Config, outputs, hasBias, options.ClassifierDropout, seed);
        return new GptTuned(model, head, new GptInputs(tokenizer, vocabulary, options.MaxLength ?? model.Config.ContextLength), isBothOrders);
    }

    /// <summary>The pair in the order given, and for both orders in the other too.</summary>
    public int[][] EncodePair(string? first, string? second, int? example = null) =>
        IsBothOrders ? [Inputs.Pair(first, second, example), Inputs.Pair(second, first, example)] : [Inputs.Pair(first, second, example)];

    /// <summary>The head's scores of the sequences.</summary>
    /// <remarks>Both orders: the head sees h(first, second) + h(second, first). Source: Radford et al. 2018, section 3.3.</remarks>
    /// <param name="hidden">[S, T, C]</param>
    /// <param name="batch">The S sequences.</param>
    /// <returns>[S, K], or [S/2, K] for pairs in both orders.</returns>
    public Tensor Scores(Tensor hidden, SequenceBatch batch)
    {
        ReadOnlySpan<int> rows = batch.ExtractRows;
        return Head.Forward(IsBothOrders ? hidden.GatherRows(rows[..(rows.Length / 2)]) + hidden.GatherRows(rows[(rows.Length / 2)..]) : hidden.GatherRows(rows));
    }
}
