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
internal sealed class BytePieceText(Tokenizer tokenizer) : PieceText
{
    private readonly HashSet<int> _specials = [.. tokenizer.SpecialIds.Values];
    private readonly ArrayBufferWriter<byte> _bytes = new(64);

    internal override void Append(int token, IBufferWriter<char> text)
    {
        if (_specials.Contains(token)) return;

        ByteAlphabet.Decode(tokenizer.PieceOf(token), _bytes);
        Decode(text, isEnd: false);
    }

    internal override void Finish(IBufferWriter<char> text) => Decode(text, isEnd: true);

    // Not by a Decoder: that allocates for bytes which are no character.
    private void Decode(IBufferWriter<char> text, bool isEnd)
    {
        ReadOnlySpan<byte> left = _bytes.WrittenSpan;
        while (!left.IsEmpty)
        {
            bool isCutOff = Rune.DecodeFromUtf8(left, out Rune character, out int count) == OperationStatus.NeedMoreData;
            if (isCutOff && !isEnd) break;

            text.Advance(character.EncodeToUtf16(text.GetSpan(2)));
            left = left[count..];
        }

        Span<byte> kept = stackalloc byte[3];
        left.CopyTo(kept);
        _bytes.ResetWrittenCount();
        _bytes.Write(kept[..left.Length]);
    }
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
