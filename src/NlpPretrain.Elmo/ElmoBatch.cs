using NlpPretrain.Tensors;

namespace NlpPretrain.Elmo;

/// <summary>Sequences of tokens side by side, padded at their ends to the longest; its memory is used again for the next ones.</summary>
/// <remarks>Words by their characters are kept once each, however often they are there: their vectors are then computed once.</remarks>
/// <param name="config">The model's: whether a token is an id of the vocabulary or M characters.</param>
public sealed class ElmoBatch(ElmoConfig config)
{
    private readonly DistinctWords? _words = config.Characters is { } characters ? new(characters.MostCharacters) : null;
    private int[] _tokens = [], _lengths = [];

    /// <summary>[B, T]</summary>
    public Shape Shape { get; private set; }

    /// <summary>B·T tokens: ids of the vocabulary, or numbers of <see cref="Characters"/>' rows.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Shape.Size);

    /// <summary>Tokens of each sequence without padding, [B].</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Shape.Size == 0 ? 0 : Shape[0]);

    /// <summary>The characters of all different words, [words, M]; empty where tokens are ids.</summary>
    public ReadOnlySpan<int> Characters => _words is null ? default : _words.Characters;

    /// <summary>M, the characters of a word; 0 where tokens are ids.</summary>
    public int MostCharacters => _words?.MostCharacters ?? 0;

    /// <summary>Whether all sequences have T tokens.</summary>
    internal bool IsFull { get; private set; }

    /// <summary>Numbers of a token: M characters, or 1 where tokens are ids.</summary>
    private int TokenSize => _words?.MostCharacters ?? 1;

    /// <summary>Takes sequences, in place of those before.</summary>
    /// <param name="sequences">At least one: the ids of its tokens, or the M characters of each, as <see cref="ElmoTokens"/> gives them.</param>
    /// <exception cref="ArgumentException">There are no sequences, one is empty, or its numbers are no whole tokens.</exception>
    public void Fill(params ReadOnlySpan<int[]> sequences)
    {
        if (sequences.IsEmpty) throw new ArgumentException("The batch is empty; a model needs at least one sequence.", nameof(sequences));
        int time = 0;
        for (int row = 0; row < sequences.Length; row++) time = Math.Max(time, CountTokens(sequences[row], row));

        Begin(sequences.Length, time);
        for (int row = 0; row < sequences.Length; row++) Take(row, sequences[row]);
    }

    /// <summary>Takes sequences of one length, such as windows of a stream, in place of those before.</summary>
    /// <param name="numbers">B·T ids, or B·T times M characters, sequence by sequence.</param>
    /// <param name="sequences">B</param>
    /// <exception cref="ArgumentException">There are no tokens, or they do not divide into so many sequences.</exception>
    public void Fill(ReadOnlySpan<int> numbers, int sequences)
    {
        int size = TokenSize;
        if (numbers.IsEmpty || sequences < 1 || numbers.Length % ((long)size * sequences) != 0)
            throw new ArgumentException($"{numbers.Length} numbers, {size} a token, do not divide into {sequences} sequences of one length; each has at least one token.", nameof(numbers));

        int all = numbers.Length / sequences;
        Begin(sequences, all / size);
        for (int row = 0; row < sequences; row++) Take(row, numbers.Slice(row * all, all));
    }

    private int CountTokens(int[] sequence, int row)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        if (sequence.Length == 0) throw new ArgumentException($"Sequence {row} is empty; a model needs at least one token.", nameof(sequence));
        if (sequence.Length % TokenSize != 0)
            throw new ArgumentException($"Sequence {row} has {sequence.Length} numbers, which are no whole tokens of {TokenSize} characters (ElmoCharacterConfig.MostCharacters).", nameof(sequence));
        return sequence.Length / TokenSize;
    }

    private void Begin(int sequences, int time)
    {
        Shape = new Shape(sequences, time);
        if (_tokens.Length < Shape.Size) _tokens = new int[Shape.Size];
        if (_lengths.Length < sequences) _lengths = new int[sequences];
        IsFull = true;
        _words?.Clear();
    }

    private void Take(int row, ReadOnlySpan<int> numbers)
    {
        int size = TokenSize, length = numbers.Length / size;
        Span<int> tokens = _tokens.AsSpan(row * Shape[1], Shape[1]);
        for (int i = 0; i < length; i++) tokens[i] = _words is null ? numbers[i] : _words.Add(numbers.Slice(i * size, size));
        tokens[length..].Fill(tokens[0]);                                       // any token that is there
        _lengths[row] = length;
        IsFull &= length == tokens.Length;
    }
}
