using NlpPretrain.Text;

namespace NlpPretrain.Elmo;

/// <summary>B parallel streams of consecutive text, in windows of T steps: the rings' steps as both directions of a model read them.</summary>
internal sealed class StreamWindows
{
    private readonly SentenceCursor[] _cursors;
    private readonly ElmoTokens _tokens;
    private readonly WordVocabulary _words;
    private readonly int[] _forward, _next, _backward, _before, _numbers;

    /// <param name="ring">The text.</param>
    /// <param name="config">The model's.</param>
    /// <param name="vocabulary">What the model predicts.</param>
    /// <param name="words">The words of the ring's ids: the vocabulary's, and for a model that reads characters those that it does not hold.</param>
    /// <param name="streams">B</param>
    /// <param name="steps">T</param>
    internal StreamWindows(SentenceRing ring, ElmoConfig config, ElmoVocabulary vocabulary, WordVocabulary words, int streams, int steps)
    {
        _cursors = new SentenceCursor[streams];
        for (int i = 0; i < streams; i++) _cursors[i] = new SentenceCursor(ring, vocabulary);
        _tokens = new ElmoTokens(config, vocabulary);
        (_words, Streams, Steps) = (words, streams, steps);
        int size = checked(streams * steps);
        (_forward, _next, _backward, _before) = (new int[size], new int[size], new int[size], new int[size]);
        _numbers = config.Characters is null ? [] : new int[checked(size * _tokens.TokenSize)];
        (Forward, Backward) = (new ElmoWindow(config), new ElmoWindow(config));
    }

    /// <summary>B</summary>
    internal int Streams { get; }

    /// <summary>T</summary>
    internal int Steps { get; }

    /// <summary>What the forward direction reads, and the next words.</summary>
    internal ElmoWindow Forward { get; }

    /// <summary>What the backward direction reads, and the words before.</summary>
    internal ElmoWindow Backward { get; }

    /// <summary>Targets of the forward direction, [B, T], to be changed before <see cref="Fill()"/>.</summary>
    internal Span<int> Next(int stream) => _next.AsSpan(stream * Steps, Steps);

    /// <summary>Targets of the backward direction, [B, T], to be changed before <see cref="Fill()"/>.</summary>
    internal Span<int> Before(int stream) => _before.AsSpan(stream * Steps, Steps);

    /// <summary>Reads the window of one stream.</summary>
    internal void Read(int stream, long step) =>
        _cursors[stream].Read(step, _forward.AsSpan(stream * Steps, Steps), Next(stream), _backward.AsSpan(stream * Steps, Steps), Before(stream));

    /// <summary>Gives what was read to the two windows.</summary>
    internal void Fill()
    {
        Fill(Forward, _forward, _next);
        Fill(Backward, _backward, _before);
    }

    private void Fill(ElmoWindow window, int[] ids, int[] targets)
    {
        if (_numbers.Length == 0)
        {
            window.Fill(ids, targets, Streams);
            return;
        }

        int size = _tokens.TokenSize;
        for (int i = 0; i < ids.Length; i++) _tokens.Write(_words.WordAt(ids[i]), _numbers.AsSpan(i * size, size));
        window.Fill(_numbers, targets, Streams);
    }
}
