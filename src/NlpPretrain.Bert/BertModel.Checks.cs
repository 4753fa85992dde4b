using NlpPretrain.Tensors;

namespace NlpPretrain.Bert;

/// <content>What a caller may get wrong, found before anything is computed.</content>
public sealed partial class BertModel
{
    private void CheckIds(ReadOnlySpan<int> ids, ReadOnlySpan<int> segments, Shape shape, ReadOnlySpan<int> lengths)
    {
        if (ids.IsEmpty) throw new ArgumentException("The sequence is empty; the model needs at least one token. A tokenizer's frame begins a text with one.", nameof(ids));
        if (shape.Rank != 2 || shape.Size != ids.Length)
            throw new ArgumentException($"{ids.Length} ids were given in the shape {shape}; the model needs a shape [B, T] of as many.", nameof(shape));
        if (!segments.IsEmpty && segments.Length != ids.Length)
            throw new ArgumentException($"{segments.Length} segments were given for {ids.Length} ids; each token needs one.", nameof(segments));
        if (shape[1] > Config.ContextLength)
            throw new ArgumentException($"The sequence has {shape[1]} tokens; this model was configured for {Config.ContextLength} (BertConfig.ContextLength).", nameof(shape));
        if (!lengths.IsEmpty && lengths.Length != shape[0])
            throw new ArgumentException($"{lengths.Length} lengths were given for {shape[0]} sequences; each needs one.", nameof(lengths));

        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 1 || lengths[i] > shape[1])
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[i], $"Sequence {i} has a length of {lengths[i]}; lengths are 1 to {shape[1]}.");
        }

        int vocabulary = Config.VocabularySize!.Value;
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), ids[i], $"Id {ids[i]}, at place {i}, is not one of the model's {vocabulary} tokens (BertConfig.VocabularySize); " +
                    "use the tokenizer that the model was trained with.");
        }

        for (int i = 0; i < segments.Length; i++)
        {
            if ((uint)segments[i] >= (uint)Config.SegmentTypes)
                throw new ArgumentOutOfRangeException(nameof(segments), segments[i], $"Segment {segments[i]}, at place {i}, is not one of the model's {Config.SegmentTypes}, counted from 0 (BertConfig.SegmentTypes).");
        }
    }
}
