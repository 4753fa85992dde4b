using NlpPretrain.Initialization;

namespace NlpPretrain.Elmo;

/// <summary>What a head computes.</summary>
internal enum ElmoHeadKind
{
    Text,
    Pair,
    Similarity,
    Words,
    Spans,
}

/// <summary>The form of a head.</summary>
/// <param name="Kind">What it computes.</param>
/// <param name="Outputs">K, scores of what it sees.</param>
/// <param name="Cells">H, cells of each LSTM of a direction.</param>
/// <param name="Dropout">The part of the values before its last layer that training drops.</param>
internal sealed record ElmoHeadForm(ElmoHeadKind Kind, int Outputs, int Cells, float Dropout)
{
    /// <summary>Texts of an example.</summary>
    public int Texts => Kind is ElmoHeadKind.Text or ElmoHeadKind.Words ? 1 : 2;

    /// <summary>Whether a place of the last text is scored, not the example.</summary>
    public bool IsOfPlaces => Kind is ElmoHeadKind.Words or ElmoHeadKind.Spans;

    /// <param name="inputs">2P, the size of a mixed vector.</param>
    /// <param name="random">Where first values come from.</param>
    public ElmoHead Create(int inputs, RandomStreams random) => Kind switch
    {
        ElmoHeadKind.Text => new ElmoTextHead(this, inputs, random),
        ElmoHeadKind.Words => new ElmoWordHead(this, inputs, random),
        ElmoHeadKind.Spans => new ElmoSpanHead(this, inputs, random),
        _ => new ElmoPairHead(this, inputs, random),
    };
}
