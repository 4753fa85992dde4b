namespace NlpPretrain.Text;

/// <summary>Text as it is normalized, with the place in the original that each of its UTF-16 units came from.</summary>
/// <remarks>
/// A normalizer reads <see cref="Text"/> from its start to its end between <see cref="BeginRewrite"/> and <see cref="EndRewrite"/> and writes the
/// new text by <see cref="Write(char, int, int)"/>; what it does not write is gone. Used again for the next text; for one thread.
/// </remarks>
public sealed class NormalizedText
{
    private char[] _text = new char[256], _newText = new char[256];
    private Origin[] _origins = new Origin[256], _newOrigins = new Origin[256];
    private int _length, _newLength, _originalLength;
    private bool _isOriginal = true;

    /// <summary>The text; while it is rewritten, the text before that.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Takes a new text, from which nothing is rewritten yet.</summary>
    /// <param name="original">The text, which is copied.</param>
    public void Reset(ReadOnlySpan<char> original)
    {
        if (_text.Length < original.Length) WorkArray.Grow(ref _text, original.Length);
        original.CopyTo(_text);
        _length = _originalLength = original.Length;
        _isOriginal = true;
    }

    /// <summary>The part of the original that a part of the text came from.</summary>
    /// <param name="start">Where the part starts.</param>
    /// <param name="length">Its length; an empty part has an empty origin.</param>
    /// <returns>Start and end, in UTF-16 units of the original.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the text.</exception>
    public (int Start, int End) OriginOf(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)_length, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(_length - start), nameof(length));
        if (_isOriginal) return (start, start + length);
        if (length > 0) return (_origins[start].Start, _origins[start + length - 1].End);

        int place = start < _length ? _origins[start].Start : _originalLength;
        return (place, place);
    }

    /// <summary>Starts to write a new text in the place of this one.</summary>
    public void BeginRewrite() => _newLength = 0;

    /// <summary>Writes a unit of the new text.</summary>
    /// <param name="character">The unit.</param>
    /// <param name="start">Start of the part of <see cref="Text"/> that it stands for; parts are written in order.</param>
    /// <param name="length">Length of that part; 0 for a unit that is inserted.</param>
    public void Write(char character, int start, int length)
    {
        (int originStart, int originEnd) = OriginOf(start, length);
        int at = _newLength;
        if ((uint)at >= (uint)_newText.Length || (uint)at >= (uint)_newOrigins.Length) Grow(at + 1);
        _newText[at] = character;
        _newOrigins[at] = new Origin(originStart, originEnd);
        _newLength = at + 1;
    }

    /// <summary>Writes units of the new text that stand for the same part.</summary>
    /// <param name="characters">The units.</param>
    /// <param name="start">Start of the part of <see cref="Text"/> that they stand for; parts are written in order.</param>
    /// <param name="length">Length of that part; 0 for units that are inserted.</param>
    public void Write(ReadOnlySpan<char> characters, int start, int length)
    {
        foreach (char character in characters) Write(character, start, length);
    }

    /// <summary>Writes a unit for itself, between spaces for itself too.</summary>
    internal void WriteSpaced(char character, int start)
    {
        (int originStart, int originEnd) = OriginOf(start, 1);
        int at = _newLength;
        if (at + 3 > Math.Min(_newText.Length, _newOrigins.Length)) Grow(at + 3);
        Span<char> text = _newText.AsSpan(at, 3);
        (text[0], text[1], text[2]) = (' ', character, ' ');
        _newOrigins.AsSpan(at, 3).Fill(new Origin(originStart, originEnd));
        _newLength = at + 3;
    }

    /// <summary>Whether the text is, or comes from, what an original starts with, and not a part behind a special token.</summary>
    internal bool IsFirst { get; set; } = true;

    /// <summary>Puts units before the text, which have the place of its first character; nothing where there is none.</summary>
    internal void Prepend(ReadOnlySpan<char> characters)
    {
        ReadOnlySpan<char> old = Text;
        if (old.IsEmpty || characters.IsEmpty) return;

        System.Text.Rune.DecodeFromUtf16(old, out _, out int first);
        BeginRewrite();
        Write(characters, 0, first);
        for (int at = 0; at < old.Length; at++) Write(old[at], at, 1);
        EndRewrite();
    }

    /// <summary>Makes the new text the text.</summary>
    public void EndRewrite()
    {
        (_text, _newText) = (_newText, _text);
        (_origins, _newOrigins) = (_newOrigins, _origins);
        _length = _newLength;
        _isOriginal = false;
    }

    /// <summary>Forgets the text, and keeps the memory of short ones only.</summary>
    internal void Shrink()
    {
        (_length, _originalLength, _isOriginal) = (0, 0, true);
        WorkArray.Shrink(ref _text);
        WorkArray.Shrink(ref _newText);
        WorkArray.Shrink(ref _origins);
        WorkArray.Shrink(ref _newOrigins);
    }

    private void Grow(int needed)
    {
        if (_newText.Length < needed) WorkArray.Grow(ref _newText, needed);
        if (_newOrigins.Length < needed) WorkArray.Grow(ref _newOrigins, needed);
    }

    private readonly record struct Origin(int Start, int End);
}
