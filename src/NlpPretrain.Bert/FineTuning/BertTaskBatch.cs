using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <summary>Sequences side by side, padded at their ends to the longest; its memory is used again for the next ones.</summary>
internal sealed class BertTaskBatch
{
    private readonly List<BertSequence> _sequences = [];
    private int[] _ids = [], _segments = [], _lengths = [], _places = [];
    private int _placeCount;

    /// <summary>[B, T]</summary>
    public Shape Shape { get; private set; }

    /// <summary>Tokens without padding.</summary>
    public int Tokens { get; private set; }

    /// <summary>B·T ids; padding is 0.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Shape.Size);

    public ReadOnlySpan<int> Segments => _segments.AsSpan(0, Shape.Size);

    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, _sequences.Count);

    /// <summary>What the head sees, as indices into [B·T].</summary>
    public ReadOnlySpan<int> Places => _places.AsSpan(0, _placeCount);

    /// <summary>Takes the sequences of some examples, example by example.</summary>
    public void Fill(BertSequence[][] encoded, ReadOnlySpan<int> examples)
    {
        _sequences.Clear();
        foreach (int example in examples) _sequences.AddRange(encoded[example]);
        int time = 0;
        (Tokens, _placeCount) = (0, 0);
        foreach (BertSequence sequence in _sequences)
        {
            time = Math.Max(time, sequence.Length);
            Tokens += sequence.Length;
            _placeCount += sequence.Places.Length;
        }

        Shape = new Shape(_sequences.Count, time);
        if (_ids.Length < Shape.Size) (_ids, _segments) = (new int[Shape.Size], new int[Shape.Size]);
        if (_lengths.Length < _sequences.Count) _lengths = new int[_sequences.Count];
        if (_places.Length < _placeCount) _places = new int[_placeCount];
        int place = 0;
        for (int row = 0; row < _sequences.Count; row++)
        {
            BertSequence sequence = _sequences[row];
            _lengths[row] = sequence.Length;
            Write(sequence.Ids, _ids.AsSpan(row * time, time));
            Write(sequence.Segments, _segments.AsSpan(row * time, time));
            foreach (int position in sequence.Places) _places[place++] = row * time + position;
        }
    }

    private static void Write(int[] values, Span<int> row)
    {
        values.CopyTo(row);
        row[values.Length..].Clear();
    }
}
