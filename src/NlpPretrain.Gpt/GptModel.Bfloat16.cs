using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <content>A copy for generation.</content>
public sealed partial class GptModel
{
    /// <summary>A frozen copy whose matrices are rounded to bfloat16, so that generation reads half the bytes for a token.</summary>
    /// <remarks>
    /// What the rounding costs is the perplexity of the copy, measured like that of any model. Positions stay as they are. The copy holds the rounded weights
    /// as <see cref="float"/> too, for prompts and batches: <see cref="Parameter.RoundToBfloat16"/>.
    /// </remarks>
    public GptModel ToBfloat16()
    {
        GptModel copy = new(Config, seed: 0);
        CopyTo(copy);
        foreach (Parameter parameter in copy.Parameters)
        {
            if (parameter.Shape.Rank == 2 && parameter != copy._positions.Weight) parameter.RoundToBfloat16();
            parameter.IsTrainable = false;
        }

        return copy;
    }
}
