namespace NlpPretrain.Text;

/// <summary>Collapses the white space of a text that comes in pieces and cuts it to paragraphs, at blank lines or when told to.</summary>
internal sealed class ParagraphBuilder
{
    private readonly char[] _text = new char[Passage.MaxLength + 2];
    private readonly Queue<string> _finished = [];
    private int _length, _lineBreaks;
    private bool _spaced;

    /// <summary>Adds text to the open paragraph.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                _spaced = true;
                if (character == '\n' && ++_lineBreaks == 2) End();
                continue;
            }

            if (_spaced && _length > 0) _text[_length++] = ' ';
            _text[_length++] = character;
            _spaced = false;
            _lineBreaks = 0;
            if (_length > Passage.MaxLength) Cut();
        }
    }

    /// <summary>Ends the open paragraph; one without text is none.</summary>
    public void End()
    {
        if (_length > 0) _finished.Enqueue(new string(_text, 0, _length));
        _length = 0;
        _spaced = false;
    }

    /// <summary>The first finished paragraph that was not taken yet, or null.</summary>
    public string? Take() => _finished.TryDequeue(out string? paragraph) ? paragraph : null;

    private void Cut()
    {
        int end = PassageText.FirstLength(_text.AsSpan(0, _length));
        _finished.Enqueue(new string(_text, 0, end));
        _text.AsSpan(end, _length - end).CopyTo(_text);
        _length -= end;
    }
}
