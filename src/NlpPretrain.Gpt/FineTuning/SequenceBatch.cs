using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <summary>Sequences side by side, padded at their ends to the longest; its memory is used again for the next ones.</summary>
/// <param name="padding">The id behind a sequence's end, which no position sees.</param>
internal sealed class SequenceBatch(int padding)
{
    private readonly List<int[]> _sequences = [];
    private int[] _ids = [], _targets = [], _extractRows = [];

    /// <summary>[B, T]</summary>
    public Shape Shape { get; private set; }

    /// <summary>Tokens without padding.</summary>
    public int Tokens { get; private set; }

    /// <summary>B·T ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Shape.Size);

    /// <summary>For each place the id that follows in its sequence; −1 where none does.</summary>
    public ReadOnlySpan<int> Targets => _targets.AsSpan(0, Shape.Size);

    /// <summary>Where each sequence has its extract token, as rows of [B·T, C].</summary>
    public ReadOnlySpan<int> ExtractRows => _extractRows.AsSpan(0, _sequences.Count);

    /// <summary>Takes the sequences of some examples: example by example, or for pairs in both orders all of the first order before those of the second.</summary>
    public void Fill(int[][][] encoded, ReadOnlySpan<int> examples, bool isBothOrders)
    {
        _sequences.Clear();
        for (int order = 0; order < (isBothOrders ? 2 : 1); order++)
        {
            foreach (int example in examples)
            {
                if (isBothOrders) _sequences.Add(encoded[example][order]);
                else _sequences.AddRange(encoded[example]);
            }
        }

        Pad();
    }

    private void Pad()
    {
        int time = 0;
        Tokens = 0;
        foreach (int[] sequence in _sequences)
        {
            time = Math.Max(time, sequence.Length);
            Tokens += sequence.Length;
        }

        Shape = new Shape(_sequences.Count, time);
        if (_ids.Length < Shape.Size) (_ids, _targets) = (new int[Shape.Size], new int[Shape.Size]);
        if (_extractRows.Length < _sequences.Count) _extractRows = new int[_sequences.Count];
        for (int row = 0; row < _sequences.Count; row++)
        {
            int[] sequence = _sequences[row];
            Span<int> ids = _ids.AsSpan(row * time, time), targets = _targets.AsSpan(row * time, time);
            sequence.CopyTo(ids);
            ids[sequence.Length..].Fill(padding);
            sequence.AsSpan(1).CopyTo(targets);
            targets[(sequence.Length - 1)..].Fill(-1);
            _extractRows[row] = row * time + sequence.Length - 1;
        }
    }
}
