using NlpPretrain.Elmo;

namespace NlpPretrain.Peers;

/// <summary>What the directions read in a step and what they predict, [B, T] each.</summary>
internal sealed record ElmoText(int[] Forward, int[] Next, int[] Backward, int[] Before)
{
    /// <summary>Windows of a text that follow each other in streams side by side; a line is a sentence, which the backward direction turns round.</summary>
    /// <param name="lines">The words of each line.</param>
    /// <param name="vocabulary">Gives them their ids.</param>
    /// <param name="streams">B</param>
    /// <param name="time">T</param>
    /// <param name="count">How many windows.</param>
    public static ElmoText[] Windows(IEnumerable<string[]> lines, ElmoVocabulary vocabulary, int streams, int time, int count)
    {
        List<int> forward = [], next = [], backward = [], before = [];
        foreach (string[] words in lines)
        {
            int[] ids = [.. words.Select(word => vocabulary.IdOf(word))], turned = [.. ids.Reverse()];
            forward.AddRange([vocabulary.BeginId, .. ids]);
            next.AddRange([.. ids, vocabulary.EndId]);
            backward.AddRange([vocabulary.EndId, .. turned]);
            before.AddRange([.. turned, vocabulary.BeginId]);
        }

        int length = forward.Count / streams;
        if (length < time * count) throw new InvalidDataException($"Each of {streams} streams has {length} steps of the text; {count} windows of {time} are needed.");
        return [.. Enumerable.Range(0, count).Select(window => new ElmoText(Take(forward, window), Take(next, window), Take(backward, window), Take(before, window)))];

        int[] Take(List<int> steps, int window) => [.. Enumerable.Range(0, streams).SelectMany(stream => steps.GetRange(stream * length + window * time, time))];
    }
}
