using System.Collections;

namespace NlpPretrain.Word2Vec;

/// <summary>Words by index. Those of a file lie in a few large arrays, and a string is made of each when it is first asked for.</summary>
/// <remarks>A million small strings made at once cost the garbage collector more time than reading the vectors takes.</remarks>
internal sealed class WordList : IReadOnlyList<string>
{
    private string?[]? _strings;
    private readonly WordArena? _arena;
    private readonly (int Start, int Length)[] _places = [];

    /// <summary>Creates the list of strings that are there.</summary>
    public WordList(string[] words) => (_strings, Count) = (words, words.Length);

    /// <summary>Creates the list of words in an arena.</summary>
    public WordList(WordArena arena, (int Start, int Length)[] places) => (_arena, _places, Count) = (arena, places, places.Length);

    public int Count { get; }

    public string this[int index]
    {
        get
        {
            string?[] strings = _strings ?? Interlocked.CompareExchange(ref _strings, new string?[Count], null) ?? _strings;
            return strings[index] ??= new string(Characters(index));
        }
    }

    public ReadOnlySpan<char> Characters(int index) => _arena is null ? _strings![index] : _arena.Characters(_places[index].Start, _places[index].Length);

    public IEnumerator<string> GetEnumerator()
    {
        for (int index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
