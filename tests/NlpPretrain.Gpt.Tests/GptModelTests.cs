using NlpPretrain.Tensors;

namespace NlpPretrain.Gpt.Tests;

public class GptModelTests
{
    private static readonly GptConfig Tiny = new() { Layers = 2, Heads = 2, Width = 8, ContextLength = 6, VocabularySize = 11 };

    [Theory]
    [InlineData(GptArchitecture.Gpt1)]
    [InlineData(GptArchitecture.Gpt2)]
    public void A_position_sees_none_behind_it(GptArchitecture architecture)
    {
        GptModel model = new(Tiny with { Architecture = architecture }, 1);
        using TensorArena arena = new(1);
        Logits(model, arena, [1, 2, 3, 4])[..33].Should().Equal(Logits(model, arena, [1, 2, 3, 9])[..33]);
        Logits(model, arena, [1, 2, 3, 4])[33..].Should().NotEqual(Logits(model, arena, [1, 2, 3, 9])[33..]);
    }

    private static float[] Logits(GptModel model, TensorArena arena, int[] ids)
    {
        using Pass pass = Pass.Inference(arena);
        return model.Logits(model.Hidden(pass, ids, new(1, ids.Length))).Data.ToArray();
    }
}
