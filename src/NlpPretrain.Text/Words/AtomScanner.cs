using System.Collections.Frozen;

namespace NlpPretrain.Text;

/// <summary>What an <see cref="AtomScanner"/> finds next.</summary>
internal enum AtomKind
{
    /// <summary>Nothing: the text is at its end.</summary>
    End,

    /// <summary>Letters and digits that belong together.</summary>
    Word,

    /// <summary>Digits only, with stops or commas between them.</summary>
    Number,

    /// <summary>One Chinese character.</summary>
    Han,

    /// <summary>One character that is part of no word, or a stop within a sentence with the marks that close after it.</summary>
    Symbol,

    /// <summary>The end of a sentence.</summary>
    SentenceEnd,
}

/// <summary>Reads text as words, numbers, single Chinese characters, symbols and sentence ends, in one pass; white space is left out.</summary>
/// <remarks>
/// A stop ends a sentence where white space or the end of the text follows it, closing marks left aside, unless a single letter or a common
/// abbreviation stands right before it.
/// </remarks>
internal ref struct AtomScanner(ReadOnlySpan<char> text, bool keepApostrophes, bool keepHyphens)
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Abbreviations = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "gen", "col", "capt", "lt", "sgt", "rev", "hon", "mt", "messrs",
        "fig", "figs", "eq", "eqs", "sec", "vol", "vols", "ed", "eds", "cf", "viz", "approx", "dept", "univ", "inc", "ltd", "corp", "bros",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec").GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly ReadOnlySpan<char> _text = text;
    private readonly bool _keepApostrophes = keepApostrophes, _keepHyphens = keepHyphens;
    private int _next;

    /// <summary>Where the atom starts.</summary>
    internal int Start { get; private set; }

    /// <summary>Number of code units of the atom.</summary>
    internal readonly int Length => _next - Start;

    /// <summary>Whether the atom has characters to clean: typographic apostrophes or soft hyphens.</summary>
    internal bool NeedsCleaning { get; private set; }

    /// <summary>Goes to the next atom.</summary>
    internal AtomKind Read()
    {
        int previousStart = Start;
        while (_next < _text.Length)
        {
            CharacterClass at = CharacterClasses.Of(_text[_next]);
            if (at == CharacterClass.Space)
            {
                _next++;
                continue;
            }

            int previousEnd = _next;
            int length = 1;
            if (at == CharacterClass.Surrogate) at = CharacterClasses.At(_text, _next, out length);
            Start = _next;
            switch (at)
            {
                case CharacterClass.Letter or CharacterClass.Digit:
                    return ReadWord(at);
                case CharacterClass.Han:
                    _next += length;
                    return AtomKind.Han;
                case CharacterClass.SentenceEnd or CharacterClass.LineBreak:
                    _next += length;
                    return AtomKind.SentenceEnd;
                case CharacterClass.Stop:
                    return ReadStops(previousStart, previousEnd);
                default:
                    _next += length;
                    return AtomKind.Symbol;
            }
        }

        return AtomKind.End;
    }

    private AtomKind ReadWord(CharacterClass first)
    {
        ReadOnlySpan<char> text = _text;
        bool isNumber = true;
        NeedsCleaning = false;
        int i = _next;
        while (i < text.Length)
        {
            CharacterClass at = CharacterClasses.Of(text[i]);
            int length = 1;
            if (at == CharacterClass.Surrogate) at = CharacterClasses.At(text, i, out length);
            if (at != CharacterClass.Digit)
            {
                if (!CharacterClasses.IsWordPart(at) && !GoesOn(at, i)) break;
                if (at != CharacterClass.Stop && text[i] != ',') isNumber = false;
                if (text[i] is CharacterClasses.TypographicApostrophe or CharacterClasses.SoftHyphen) NeedsCleaning = true;
            }

            i += length;
        }

        _next = i;
        return isNumber && first == CharacterClass.Digit ? AtomKind.Number : AtomKind.Word;
    }

    /// <summary>Whether a word goes on over a character that is not a part of words everywhere.</summary>
    private readonly bool GoesOn(CharacterClass at, int index)
    {
        bool isBetweenDigits = at == CharacterClass.Stop || _text[index] is ',' or '\uFF0C';
        if (!isBetweenDigits && at is not (CharacterClass.Apostrophe or CharacterClass.Hyphen or CharacterClass.Joiner)) return false;
        if (index + 1 == _text.Length) return false;

        CharacterClass next = CharacterClasses.At(_text, index + 1, out _);
        if (isBetweenDigits) return next == CharacterClass.Digit && CharacterClasses.Of(_text[index - 1]) == CharacterClass.Digit;
        return at switch
        {
            CharacterClass.Apostrophe => _keepApostrophes && next == CharacterClass.Letter,
            CharacterClass.Hyphen => _keepHyphens && next is CharacterClass.Letter or CharacterClass.Digit,
            _ => next is CharacterClass.Letter or CharacterClass.Mark,
        };
    }

    /// <summary>Reads a stop, with the stops and closing marks that follow it.</summary>
    private AtomKind ReadStops(int wordStart, int wordEnd)
    {
        int stops = 0;
        for (; _next < _text.Length; _next++)
        {
            CharacterClass at = CharacterClasses.Of(_text[_next]);
            if (at == CharacterClass.Stop) stops++;
            else if (at is not (CharacterClass.Closer or CharacterClass.Apostrophe)) break;
        }

        if (_next < _text.Length && CharacterClasses.Of(_text[_next]) is not (CharacterClass.Space or CharacterClass.LineBreak)) return AtomKind.Symbol;
        if (stops > 1) return AtomKind.SentenceEnd;

        ReadOnlySpan<char> word = _text[wordStart..wordEnd];
        bool isInitial = word.Length == 1 && CharacterClasses.Of(word[0]) == CharacterClass.Letter;
        return isInitial || Abbreviations.Contains(word) ? AtomKind.Symbol : AtomKind.SentenceEnd;
    }
}
