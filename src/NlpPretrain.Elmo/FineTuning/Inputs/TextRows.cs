namespace NlpPretrain.Elmo;

/// <summary>Where the rows of some texts are, which follow each other in [N, C], when the texts stand side by side, padded at their ends to the longest. Its memory is used again for the next ones.</summary>
internal sealed class TextRows
{
    private int[] _lengths = [], _sideBySide = [], _forward = [], _backward = [], _fromSideBySide = [], _fromForward = [], _fromBackward = [];
    private int _size;

    /// <summary>N</summary>
    public int Count { get; private set; }

    /// <summary>B, the number of texts.</summary>
    public int Texts { get; private set; }

    /// <summary>T, the rows of the longest.</summary>
    public int Time { get; private set; }

    /// <summary>Rows of each text, [B].</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Texts);

    /// <summary>The row of each place of [B, T]; padding is the text's first one.</summary>
    public ReadOnlySpan<int> SideBySide => _sideBySide.AsSpan(0, _size);

    /// <summary>The place in [B, T] of each row.</summary>
    public ReadOnlySpan<int> FromSideBySide => _fromSideBySide.AsSpan(0, Count);

    /// <summary>The row of each place of [T, B] where a direction reads it first; padding stays behind.</summary>
    public ReadOnlySpan<int> InReading(ElmoDirection direction) => (direction == ElmoDirection.Forward ? _forward : _backward).AsSpan(0, _size);

    /// <summary>The place in [T, B] of each row where a direction reads it first.</summary>
    public ReadOnlySpan<int> FromReading(ElmoDirection direction) => (direction == ElmoDirection.Forward ? _fromForward : _fromBackward).AsSpan(0, Count);

    /// <summary>Takes texts, in place of those before.</summary>
    /// <param name="sequences">At least one.</param>
    public void Fill(ReadOnlySpan<ElmoSequence> sequences)
    {
        (Count, Texts, Time) = (0, sequences.Length, 0);
        foreach (ElmoSequence sequence in sequences)
        {
            Count += sequence.Places.Length;
            Time = Math.Max(Time, sequence.Places.Length);
        }

        _size = Texts * Time;
        if (_lengths.Length < Texts) _lengths = new int[Texts];
        if (_sideBySide.Length < _size) (_sideBySide, _forward, _backward) = (new int[_size], new int[_size], new int[_size]);
        if (_fromSideBySide.Length < Count) (_fromSideBySide, _fromForward, _fromBackward) = (new int[Count], new int[Count], new int[Count]);
        int start = 0;
        for (int text = 0; text < Texts; text++)
        {
            _lengths[text] = sequences[text].Places.Length;
            Place(text, start);
            start += _lengths[text];
        }
    }

    private void Place(int text, int start)
    {
        int length = _lengths[text];
        for (int t = 0; t < Time; t++)
        {
            bool isWithin = t < length;
            _sideBySide[text * Time + t] = _forward[t * Texts + text] = isWithin ? start + t : start;
            _backward[t * Texts + text] = isWithin ? start + length - 1 - t : start;
            if (!isWithin) continue;
            _fromSideBySide[start + t] = text * Time + t;
            _fromForward[start + t] = t * Texts + text;
            _fromBackward[start + length - 1 - t] = t * Texts + text;
        }
    }
}
