using NlpPretrain.Elmo;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>The vectors of words by their characters in libtorch, over weights by the names of <see cref="ElmoTokenLayer"/>.</summary>
internal sealed class TorchCharacters(ElmoCharacterConfig config, IReadOnlyDictionary<string, Tensor> weights, string prefix)
{
    private readonly Tensor[] _filters = [.. config.Filters.Select((_, i) => weights[$"{prefix}convolution.{i}.weight"].permute(2, 1, 0).contiguous())];     // [F, D, width]

    /// <param name="characters">[N, M]</param>
    /// <returns>[N, P]</returns>
    public Tensor Words(Tensor characters)
    {
        Tensor x = weights[prefix + "characters.weight"].index_select(0, characters.view(-1)).view(characters.shape[0], characters.shape[1], config.EmbeddingSize).transpose(1, 2).contiguous();   // [N, D, M]
        x = cat([.. _filters.Select((filters, i) => functional.conv1d(x, filters).amax([-1]) + weights[$"{prefix}convolution.{i}.bias"])], -1).relu();       // [N, F]
        for (int i = 0; i < config.Highways; i++)
        {
            Tensor gate = Linear(x, $"highways.{i}.carry").sigmoid();
            x = x + gate * (Linear(x, $"highways.{i}.transform").relu() - x);
        }

        return Linear(x, "projection");                                                                                              // [N, P]
    }

    private Tensor Linear(Tensor x, string name) => functional.linear(x, weights[$"{prefix}{name}.weight"], weights[$"{prefix}{name}.bias"]);
}
