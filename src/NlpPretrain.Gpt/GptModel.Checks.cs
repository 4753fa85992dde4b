using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <content>What a caller may get wrong, found before anything is computed.</content>
public sealed partial class GptModel
{
    private void CheckIds(ReadOnlySpan<int> ids, Shape shape, int start)
    {
        if (ids.IsEmpty) throw new ArgumentException("The sequence is empty; the model needs at least one token. Begin an empty text with a token of its own.", nameof(ids));
        if (shape.Rank != 2 || shape.Size != ids.Length)
            throw new ArgumentException($"{ids.Length} ids were given in the shape {shape}; the model needs a shape [B, T] of as many.", nameof(shape));
        if (shape[1] > Config.ContextLength - start)
        {
            string given = start == 0 ? $"{shape[1]} tokens" : $"{start + shape[1]} tokens, {start} of them in the caches";
            throw new ArgumentException($"The sequence has {given}; this model was configured for {Config.ContextLength} (GptConfig.ContextLength).", nameof(shape));
        }

        int vocabulary = Config.VocabularySize!.Value;
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), ids[i], $"Id {ids[i]}, at place {i}, is not one of the model's {vocabulary} tokens (GptConfig.VocabularySize); " +
                    "use the tokenizer that the model was trained with.");
        }
    }

    private int StartOf(IReadOnlyList<KeyValueCache> caches)
    {
        ArgumentNullException.ThrowIfNull(caches);
        if (caches.Count != _blocks.Length)
            throw new ArgumentException($"{caches.Count} caches were given; the model needs one for each of its {_blocks.Length} blocks (GptConfig.Layers).", nameof(caches));

        int start = caches[0].Length;
        for (int i = 1; i < caches.Count; i++)
        {
            if (caches[i].Length != start)
                throw new ArgumentException($"Cache {i} has {caches[i].Length} positions and cache 0 has {start}; truncate them to one length (KeyValueCache.Truncate).", nameof(caches));
        }

        return start;
    }
}
