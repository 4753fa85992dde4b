using NlpPretrain.Text;
using NlpPretrain.Training;

namespace NlpPretrain.Bert;

/// <summary>Turns the inputs of a task to sequences of token ids.</summary>
/// <remarks>
/// <para>Text: [CLS] text [SEP]. Pair: [CLS] first [SEP] second [SEP], the second in segment 1. Multiple choice: the context and a choice as a pair, for each choice.</para>
/// <para>Source: Devlin et al. 2019, sections 3 and 4.4 and figure 4.</para>
/// </remarks>
internal sealed class BertInputs
{
    /// <summary>[CLS] and [SEP] twice, and one token of each text of a pair.</summary>
    public const int LeastLength = 5;

    private static readonly int[] First = [0];
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, MatchSpecialTokens = false };

    private readonly int[] _start, _between, _end;
    private readonly TaskTexts _texts;
    private readonly int _secondSegment;

    /// <param name="tokenizer">The tokenizer of the pretrained model.</param>
    /// <param name="maxLength">The most tokens of a sequence.</param>
    /// <param name="segmentTypes">Number of segments that the model knows.</param>
    /// <exception cref="ArgumentException">The tokenizer has not BERT's frame.</exception>
    public BertInputs(Tokenizer tokenizer, int maxLength, int segmentTypes)
    {
        TokenFrame frame = tokenizer.Frame;
        if (frame.Start.Count == 0 || frame.Between.Count == 0 || frame.End.Count == 0)
            throw new ArgumentException("The tokenizer puts no tokens before, between and behind texts; BERT reads [CLS] first [SEP] second [SEP] (TokenFrame.Bert).", nameof(tokenizer));

        (_start, _between, _end) = (Ids(frame.Start), Ids(frame.Between), Ids(frame.End));
        (Tokenizer, MaxLength, _secondSegment) = (tokenizer, maxLength, segmentTypes > 1 ? 1 : 0);
        _texts = new TaskTexts(tokenizer, maxLength, _start.Length + _end.Length, PairFrame, "BertTuningOptions.MaxLength, BertConfig.ContextLength");

        int[] Ids(IReadOnlyList<string> tokens) => [.. tokens.Select(token => tokenizer.SpecialIds[token])];
    }

    public Tokenizer Tokenizer { get; }

    public int MaxLength { get; }

    /// <summary>Tokens around and between two texts.</summary>
    public int PairFrame => _start.Length + _between.Length + _end.Length;

    /// <param name="text">The text.</param>
    /// <param name="example">Its number, for the exception, where it is one of several.</param>
    public BertSequence Text(string? text, int? example = null) => Single(_texts.Text(text, example), First);

    public BertSequence Pair(string? first, string? second, int? example = null)
    {
        (int[] before, int[] behind) = _texts.Pair(first, second, example);
        return Pair(before, behind, First);
    }

    public BertSequence[] Choices(string? context, IReadOnlyList<string>? choices, int? example = null)
    {
        (int[] before, int[][] answers) = _texts.Choices(context, choices, example);
        return [.. answers.Select(answer => Pair(before, answer, First))];
    }

    /// <summary>A sentence in as many sequences as it needs, cut between words; the head sees each word's first piece.</summary>
    /// <remarks>A word that the tokenizer sees nothing in is its unknown token. Of a word that alone is too long, the end is cut.</remarks>
    /// <param name="words">The words.</param>
    /// <param name="sentence">The sentence's name, for the exception.</param>
    /// <param name="emptyWord">The parameter or field of the words, for the exception.</param>
    public BertSequence[] Words(IReadOnlyList<string> words, string sentence, string emptyWord)
    {
        int room = MaxLength - _start.Length - _end.Length;
        List<BertSequence> parts = [];
        List<int> ids = [], places = [];
        for (int index = 0; index < words.Count; index++)
        {
            if (string.IsNullOrEmpty(words[index])) throw new ArgumentException($"Word {index} of {sentence} is empty; each word needs at least one character ({emptyWord}).");

            TokenizedText word = Plainly(words[index]);
            int[] pieces = word.Count == 0 ? [Unknown(words[index])] : word.Ids[..Math.Min(word.Count, room)].ToArray();
            if (ids.Count + pieces.Length > room) Finish();
            places.Add(_start.Length + ids.Count);
            ids.AddRange(pieces);
        }

        if (ids.Count > 0) Finish();
        return [.. parts];

        void Finish()
        {
            parts.Add(Single([.. ids], [.. places]));
            ids.Clear();
            places.Clear();
        }
    }

    /// <summary>A text as it is, without a frame.</summary>
    public TokenizedText Plainly(string text) => Tokenizer.Encode(text, Plain);

    public BertSequence Pair(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int[]? places)
    {
        int[] ids = [.. _start, .. first, .. _between, .. second, .. _end];
        int[] segments = new int[ids.Length];
        segments.AsSpan(_start.Length + first.Length + _between.Length).Fill(_secondSegment);
        return new BertSequence(ids, segments, places ?? [.. Enumerable.Range(0, ids.Length)]);
    }

    /// <summary>Where the second text of a pair starts.</summary>
    public int SecondStart(int firstLength) => _start.Length + firstLength + _between.Length;

    private BertSequence Single(int[] text, int[] places)
    {
        int[] ids = [.. _start, .. text, .. _end];
        return new BertSequence(ids, new int[ids.Length], places);
    }

    private int Unknown(string word) => Tokenizer.Model is WordPieceModel model
        ? model.UnknownId
        : throw new ArgumentException($"The tokenizer has no token for the word '{word}', and no unknown one; leave the word out.");
}
