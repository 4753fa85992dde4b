using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt;

/// <content>What a caller may get wrong, found before anything is computed.</content>
public sealed partial class GptModel
{
    private void CheckIds(ReadOnlySpan<int> ids, Shape shape, KeyValueCache? cache)
    {
        if (ids.IsEmpty) throw new ArgumentException("The sequence is empty; the model needs at least one token. Begin an empty text with a token of its own.", nameof(ids));
        if (shape.Rank != 2 || shape.Size != ids.Length)
            throw new ArgumentException($"{ids.Length} ids were given in the shape {shape}; the model needs a shape [B, T] of as many.", nameof(shape));
        if (cache is not null && cache.Batch != shape[0])
            throw new ArgumentException($"{shape[0]} rows were given, and {cache.Batch} sequences of the caches are selected (KeyValueCache.Select).", nameof(shape));

        int start = cache?.Length ?? 0;
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

    private KeyValueCache FirstOf(IReadOnlyList<KeyValueCache> caches)
    {
        ArgumentNullException.ThrowIfNull(caches);
        if (caches.Count != _blocks.Length)
            throw new ArgumentException($"{caches.Count} caches were given; the model needs one for each of its {_blocks.Length} blocks (GptConfig.Layers).", nameof(caches));

        KeyValueCache first = caches[0];
        for (int i = 1; i < caches.Count; i++)
        {
            if (caches[i].Batch != first.Batch)
                throw new ArgumentException($"Cache {i} has {caches[i].Batch} sequences selected and cache 0 has {first.Batch}; select the same in all (KeyValueCache.Select).", nameof(caches));
            for (int row = 0; row < first.Batch; row++)
            {
                if (caches[i].LengthOf(row) == first.LengthOf(row)) continue;
                throw new ArgumentException($"Cache {i} has {caches[i].LengthOf(row)} positions of row {row} and cache 0 has {first.LengthOf(row)}; truncate them to one length (KeyValueCache.Truncate).", nameof(caches));
            }
        }

        return first;
    }
}
