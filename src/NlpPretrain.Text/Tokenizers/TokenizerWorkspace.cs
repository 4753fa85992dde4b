using System.Text;

namespace NlpPretrain.Text;

/// <summary>The memory in which one thread encodes a text, used again for the next.</summary>
internal sealed class TokenizerWorkspace(Tokenizer tokenizer)
{
    private readonly NormalizedText _text = new();
    private readonly List<(int Start, int Length)> _words = [];
    private readonly PieceBuffer _pieces = new();

    internal TokenList First { get; } = new();

    internal TokenList Second { get; } = new();

    /// <summary>Encodes a text in place of what the list holds.</summary>
    internal void Encode(ReadOnlySpan<char> text, bool matchSpecialTokens, TokenList tokens)
    {
        tokens.Clear();
        for (int start = 0; start < text.Length;)
        {
            int length = 0, id = 0;
            int end = matchSpecialTokens ? tokenizer.Specials.Find(text, start, out length, out id) : text.Length;
            if (end > start) EncodePart(text[start..end], start, tokens);
            if (length > 0) tokens.Add(id, end, end + length, isSpecial: true);
            start = end + length;
        }
    }

    /// <summary>Lets go of the memory of long texts.</summary>
    internal void Shrink()
    {
        _text.Shrink();
        _pieces.Shrink();
        First.Shrink();
        Second.Shrink();
        _words.Clear();
        if (_words.Capacity > WorkArray.MostKept) _words.Capacity = 0;
    }

    private void EncodePart(ReadOnlySpan<char> part, int partStart, TokenList tokens)
    {
        _text.Reset(part);
        _text.IsFirst = partStart == 0;
        tokenizer.Normalizer?.Normalize(_text);
        ReadOnlySpan<char> text = _text.Text;
        _words.Clear();
        if (tokenizer.PreTokenizer is not null) tokenizer.PreTokenizer.Split(text, _words);
        else if (text.Length > 0) _words.Add((0, text.Length));

        foreach ((int start, int length) in _words)
        {
            _pieces.Clear();
            ReadOnlySpan<char> word = text.Slice(start, length);
            tokenizer.Model.Encode(word, _pieces);
            if (tokenizer.Model.LengthsAreBytes && !Ascii.IsValid(word)) AddByBytes(word, start, partStart, tokens);
            else AddByUnits(start, partStart, tokens);
        }
    }

    private void AddByUnits(int start, int partStart, TokenList tokens)
    {
        ReadOnlySpan<int> ids = _pieces.Ids, lengths = _pieces.Lengths;
        for (int i = 0; i < ids.Length; i++)
        {
            (int originStart, int originEnd) = _text.OriginOf(start, lengths[i]);
            tokens.Add(ids[i], partStart + originStart, partStart + originEnd, isSpecial: false);
            start += lengths[i];
        }
    }

    /// <summary>A piece that starts or ends within a character has the whole character in its offsets.</summary>
    private void AddByBytes(ReadOnlySpan<char> word, int start, int partStart, TokenList tokens)
    {
        ReadOnlySpan<int> ids = _pieces.Ids, lengths = _pieces.Lengths;
        int unit = 0, bytes = 0;                            // the first unit, and byte, of the character that the piece starts in
        int pieceEnd = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            pieceEnd += lengths[i];
            int end = unit, endBytes = bytes;
            int lastUnit = unit, lastBytes = bytes;
            while (endBytes < pieceEnd)
            {
                (lastUnit, lastBytes) = (end, endBytes);
                Rune.DecodeFromUtf16(word[end..], out Rune rune, out int units);
                end += units;
                endBytes += rune.Utf8SequenceLength;        // a lone surrogate is written as U+FFFD, 3 bytes
            }

            (int originStart, int originEnd) = _text.OriginOf(start + unit, end - unit);
            tokens.Add(ids[i], partStart + originStart, partStart + originEnd, isSpecial: false);
            (unit, bytes) = endBytes == pieceEnd ? (end, endBytes) : (lastUnit, lastBytes);
        }
    }
}
