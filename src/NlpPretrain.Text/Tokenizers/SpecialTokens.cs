using System.Buffers;

namespace NlpPretrain.Text;

/// <summary>Finds special tokens in a text: the first, and the longest of those that start there.</summary>
internal sealed class SpecialTokens
{
    private readonly (string Text, int Id)[] _longestFirst;
    private readonly SearchValues<string> _search;

    internal SpecialTokens(IReadOnlyDictionary<string, int> ids)
    {
        _longestFirst = [.. ids.Select(pair => (pair.Key, pair.Value)).OrderByDescending(pair => pair.Key.Length).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
        _search = SearchValues.Create([.. ids.Keys], StringComparison.Ordinal);
    }

    /// <summary>Finds the first special token from a place on.</summary>
    /// <returns>Where it starts; the text's length where there is none.</returns>
    internal int Find(ReadOnlySpan<char> text, int start, out int length, out int id)
    {
        (length, id) = (0, 0);
        int found = _longestFirst.Length == 0 ? -1 : text[start..].IndexOfAny(_search);
        if (found < 0) return text.Length;

        foreach ((string token, int tokenId) in _longestFirst)
        {
            if (!text[(start + found)..].StartsWith(token, StringComparison.Ordinal)) continue;
            (length, id) = (token.Length, tokenId);
            break;
        }

        return start + found;
    }
}
