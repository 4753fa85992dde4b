using System.Buffers;
using NlpPretrain.Text;

namespace NlpPretrain.Gpt;

/// <summary>A text that grows token by token until a stop string comes. What may become a stop string, or half a character, is held back.</summary>
internal sealed class StoppableText
{
    private readonly ArrayBufferWriter<char> _text = new(1024);
    private readonly IReadOnlyList<string> _stops;
    private readonly PieceText _pieces;
    private readonly int _longestStop;
    private int _given, _end;

    internal StoppableText(Tokenizer tokenizer, int? before, IReadOnlyList<string> stops)
    {
        (_pieces, _stops) = (PieceText.Create(tokenizer, before), stops);
        foreach (string stop in stops) _longestStop = Math.Max(_longestStop, stop.Length);
    }

    /// <summary>Whether a stop string has come.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>All of the text that is certain.</summary>
    internal string Whole => new(_text.WrittenSpan[.._end]);

    internal void Append(int token)
    {
        int before = _text.WrittenCount;
        _pieces.Append(token, _text);
        Look(before, isEnd: false);
    }

    /// <summary>No token follows: nothing is held back any more.</summary>
    internal void Finish()
    {
        if (IsStopped) return;

        int before = _text.WrittenCount;
        _pieces.Finish(_text);
        Look(before, isEnd: true);
    }

    /// <summary>What has become certain since the last call; empty where nothing has.</summary>
    internal ReadOnlySpan<char> TakeNew()
    {
        ReadOnlySpan<char> news = _text.WrittenSpan[_given.._end];
        _given = _end;
        return news;
    }

    private void Look(int before, bool isEnd)
    {
        ReadOnlySpan<char> text = _text.WrittenSpan;
        int start = Math.Max(0, before - _longestStop + 1), found = int.MaxValue;
        foreach (string stop in _stops)
        {
            int at = text[start..].IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0) found = Math.Min(found, start + at);
        }

        IsStopped = found != int.MaxValue;
        _end = IsStopped ? found : isEnd ? text.Length : text.Length - HeldBack(text);
    }

    // The longest end of the text that begins a stop string, or the first half of a surrogate pair.
    private int HeldBack(ReadOnlySpan<char> text)
    {
        int held = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? 1 : 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > held; length--)
            {
                if (text.EndsWith(stop.AsSpan(0, length), StringComparison.Ordinal)) held = length;
            }
        }

        return held;
    }
}
