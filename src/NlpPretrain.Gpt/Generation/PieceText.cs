using System.Buffers;
using System.Text;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>The text of tokens as they come, in whole characters; joined, the same as the tokenizer's decoder makes of all of them.</summary>
internal abstract class PieceText
{
    internal static PieceText Create(Tokenizer tokenizer, int? before) =>
        tokenizer.Decoder is ByteLevelDecoder ? new BytePieceText(tokenizer) : new PairPieceText(tokenizer, before);

    /// <summary>Appends what is known of the text after one more token.</summary>
    internal abstract void Append(int token, IBufferWriter<char> text);

    /// <summary>Appends what was held back: of a character that was never completed.</summary>
    internal abstract void Finish(IBufferWriter<char> text);
}

/// <summary>Pieces that are bytes: those of a character that is not complete are held back. Allocates nothing.</summary>
internal sealed class BytePieceText : PieceText
{
    private readonly Tokenizer _tokenizer;
    private readonly HashSet<int> _specials;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    internal BytePieceText(Tokenizer tokenizer)
    {
        (_tokenizer, _specials) = (tokenizer, [.. tokenizer.SpecialIds.Values]);
        _ = _decoder.FallbackBuffer;                                                                 // made here, not at the first byte that is not UTF-8
    }

    internal override void Append(int token, IBufferWriter<char> text)
    {
        if (_specials.Contains(token)) return;

        _bytes.ResetWrittenCount();
        ByteAlphabet.Decode(_tokenizer.PieceOf(token), _bytes);
        Decode(text, isEnd: false);
    }

    internal override void Finish(IBufferWriter<char> text)
    {
        _bytes.ResetWrittenCount();
        Decode(text, isEnd: true);
    }

    private void Decode(IBufferWriter<char> text, bool isEnd) =>
        text.Advance(_decoder.GetChars(_bytes.WrittenSpan, text.GetSpan(_bytes.WrittenCount + 4), isEnd));
}

/// <summary>Pieces of words: what a piece adds to the text depends on the one before it.</summary>
internal sealed class PairPieceText(Tokenizer tokenizer, int? before) : PieceText
{
    private readonly HashSet<int> _specials = [.. tokenizer.SpecialIds.Values];
    private readonly int[] _pair = [before ?? -1, 0];

    internal override void Append(int token, IBufferWriter<char> text)
    {
        if (_specials.Contains(token)) return;

        _pair[1] = token;
        string both = tokenizer.Decode(_pair[0] < 0 || _specials.Contains(_pair[0]) ? _pair.AsSpan(1) : _pair);
        string first = _pair[0] < 0 ? "" : tokenizer.Decode(_pair.AsSpan(0, 1));
        text.Write(both.StartsWith(first, StringComparison.Ordinal) ? both.AsSpan(first.Length) : both);
        _pair[0] = token;
    }

    internal override void Finish(IBufferWriter<char> text)
    {
    }
}
