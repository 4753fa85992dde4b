namespace NlpPretrain.Text;

/// <summary>A <see cref="TokenFrame"/> by ids.</summary>
internal sealed record FrameIds(int[] Start, int[] Between, int[] End)
{
    internal static FrameIds None { get; } = new([], [], []);
}

/// <summary>Cuts texts to the length that is allowed and puts special tokens around them.</summary>
internal static class Frames
{
    internal static TokenizedText Join(EncodeOptions options, FrameIds frame, TokenList first, TokenList? second)
    {
        if (!options.AddSpecialTokens) frame = FrameIds.None;
        int frameLength = frame.Start.Length + (second is null ? 0 : frame.Between.Length) + frame.End.Length;
        (int firstLength, int secondLength) = (first.Count, second?.Count ?? 0);
        if (options.MaxLength is int most)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(most, frameLength, $"{nameof(options)}.{nameof(options.MaxLength)}");
            (firstLength, secondLength) = Truncate(firstLength, secondLength, most - frameLength);
        }

        Writer writer = new(frameLength + firstLength + secondLength);
        writer.Add(frame.Start, segment: 0);
        writer.Add(first, firstLength, segment: 0);
        if (second is not null)
        {
            writer.Add(frame.Between, segment: 0);
            writer.Add(second, secondLength, segment: 1);
        }

        writer.Add(frame.End, segment: second is null ? 0 : 1);
        return writer.ToText();
    }

    /// <summary>What is left of two lengths when the longer, or the second of equals, loses one until they have room: BERT's <c>truncate_seq_pair</c> at once.</summary>
    internal static (int First, int Second) Truncate(int first, int second, int room)
    {
        if ((long)first + second <= room) return (first, second);

        int shorter = Math.Min(first, second);
        if (room - shorter >= shorter) return first > second ? (room - second, second) : (first, room - first);
        return (room - room / 2, room / 2);
    }

    private struct Writer(int length)
    {
        private readonly int[] _ids = new int[length];
        private readonly int[] _segmentIds = new int[length];
        private readonly (int Start, int End)[] _offsets = new (int, int)[length];
        private readonly bool[] _specialMask = new bool[length];
        private int _count;

        internal void Add(int[] special, int segment)
        {
            special.CopyTo(_ids.AsSpan(_count));
            _segmentIds.AsSpan(_count, special.Length).Fill(segment);
            _specialMask.AsSpan(_count, special.Length).Fill(true);
            _count += special.Length;
        }

        internal void Add(TokenList tokens, int count, int segment)
        {
            tokens.Ids[..count].CopyTo(_ids.AsSpan(_count));
            tokens.Offsets[..count].CopyTo(_offsets.AsSpan(_count));
            tokens.SpecialMask[..count].CopyTo(_specialMask.AsSpan(_count));
            _segmentIds.AsSpan(_count, count).Fill(segment);
            _count += count;
        }

        internal readonly TokenizedText ToText() => new(_ids, _offsets, _segmentIds, _specialMask);
    }
}
