using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>Sequences side by side, padded at their ends to the longest; its memory is used again for the next ones.</summary>
public sealed class BertBatch
{
    private int[] _ids = [], _segments = [], _lengths = [], _places = [], _labels = [], _nextSentence = [];
    private int _rowCount, _placeCount;

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

        Begin(examples.Length, time, places);
        foreach (BertExample example in examples) Add(example.Ids, example.Segments, example.MaskedPlaces, example.MaskedIds, example.IsNext, padding);
    }

    /// <summary>Forgets the sequences and makes room for others; what <see cref="Add"/> has not filled yet is undefined.</summary>
    /// <param name="rows">B</param>
    /// <param name="time">T</param>
    /// <param name="mostPlaces">The most masked places of all sequences.</param>
    internal void Begin(int rows, int time, int mostPlaces)
    {
        Shape = new Shape(rows, time);
        if (_ids.Length < Shape.Size) (_ids, _segments) = (new int[Shape.Size], new int[Shape.Size]);
        if (_lengths.Length < rows) (_lengths, _nextSentence) = (new int[rows], new int[rows]);
        if (_places.Length < mostPlaces) (_places, _labels) = (new int[mostPlaces], new int[mostPlaces]);
        (_rowCount, _placeCount) = (0, 0);
    }

    /// <summary>Fills the next row.</summary>
    internal void Add(ReadOnlySpan<int> ids, ReadOnlySpan<int> segments, ReadOnlySpan<int> places, ReadOnlySpan<int> labels, bool isNext, int padding = 0)
    {
        int row = _rowCount++, time = Shape[1];
        Span<int> allIds = _ids.AsSpan(row * time, time), allSegments = _segments.AsSpan(row * time, time);
        ids.CopyTo(allIds);
        allIds[ids.Length..].Fill(padding);
        segments.CopyTo(allSegments);
        allSegments[ids.Length..].Clear();
        (_lengths[row], _nextSentence[row]) = (ids.Length, isNext ? 0 : 1);
        labels.CopyTo(_labels.AsSpan(_placeCount));
        foreach (int place in places) _places[_placeCount++] = row * time + place;
    }
}
