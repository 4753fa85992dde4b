using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>Sequences side by side, padded at their ends to the longest; its memory is used again for the next ones.</summary>
public sealed class BertBatch
{
    private int[] _ids = [], _segments = [], _lengths = [], _places = [], _labels = [], _nextSentence = [];
    private int _placeCount;

    /// <summary>[B, T]</summary>
    public Shape Shape { get; private set; }

    /// <summary>B·T ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Shape.Size);

    /// <summary>B·T segments.</summary>
    public ReadOnlySpan<int> Segments => _segments.AsSpan(0, Shape.Size);

    /// <summary>Tokens of each sequence without padding, [B].</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Shape.Size == 0 ? 0 : Shape[0]);

    /// <summary>The masked places of all sequences, indices into [B·T].</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, _placeCount);

    /// <summary>The tokens that were at the masked places.</summary>
    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, _placeCount);

    /// <summary>For each sequence 0 where its second sentence is the next one, 1 where it is a random one, [B].</summary>
    public ReadOnlySpan<int> NextSentenceLabels => _nextSentence.AsSpan(0, Shape.Size == 0 ? 0 : Shape[0]);

    /// <summary>Takes sequences, in place of those before.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="padding">The id behind a sequence's end, any of the vocabulary. Default 0.</param>
    public void Fill(ReadOnlySpan<BertExample> examples, int padding = 0)
    {
        int time = 0, places = 0;
        foreach (BertExample example in examples) (time, places) = (Math.Max(time, example.Ids.Length), places + example.MaskedPlaces.Length);

        Shape = new Shape(examples.Length, time);
        if (_ids.Length < Shape.Size) (_ids, _segments) = (new int[Shape.Size], new int[Shape.Size]);
        if (_lengths.Length < examples.Length) (_lengths, _nextSentence) = (new int[examples.Length], new int[examples.Length]);
        if (_places.Length < places) (_places, _labels) = (new int[places], new int[places]);
        _placeCount = 0;
        for (int row = 0; row < examples.Length; row++)
        {
            BertExample example = examples[row];
            int length = example.Ids.Length;
            Span<int> ids = _ids.AsSpan(row * time, time), segments = _segments.AsSpan(row * time, time);
            example.Ids.CopyTo(ids);
            ids[length..].Fill(padding);
            example.Segments.CopyTo(segments);
            segments[length..].Clear();
            (_lengths[row], _nextSentence[row]) = (length, example.IsNext ? 0 : 1);
            for (int i = 0; i < example.MaskedPlaces.Length; i++, _placeCount++)
                (_places[_placeCount], _labels[_placeCount]) = (row * time + example.MaskedPlaces[i], example.MaskedIds[i]);
        }
    }
}
