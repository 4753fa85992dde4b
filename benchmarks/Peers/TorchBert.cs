using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NlpPretrain.Peers;

/// <summary>A post-norm encoder with BERT's heads of pretraining in libtorch, over weights by the names of <see cref="NlpPretrain.Bert.BertPretrainingModel"/>. No sequence is padded.</summary>
internal sealed class TorchBert(BertShape shape, IReadOnlyDictionary<string, Tensor> weights)
{
    private const double Epsilon = 1e-12;

    private readonly Tensor _segments = TorchBuild.Indices(shape.Segments, shape.Segments.Length), _places = TorchBuild.Indices(shape.Places, shape.Places.Length), _isNext = TorchBuild.Indices(shape.NextSentenceLabels, shape.Batch);

    /// <summary>The mean over the masked words and the mean over the sentence pairs, added; as ours, only masked places reach the vocabulary.</summary>
    public Tensor Loss(Tensor ids, Tensor labels)
    {
        Tensor hidden = Hidden(ids);                                                                                          // [B, T, C]
        Tensor masked = hidden.view(-1, shape.Width).index_select(0, _places);                                                // [M, C]
        Tensor words = Norm(functional.gelu(Linear(masked, "cls.predictions.transform.dense")), "cls.predictions.transform.LayerNorm");
        Tensor logits = functional.linear(words, weights["bert.embeddings.word_embeddings.weight"], weights["cls.predictions.bias"]);   // [M, V]
        Tensor sentences = Linear(Pooled(hidden), "cls.seq_relationship");                                                    // [B, 2]
        return functional.cross_entropy(logits, labels.reshape(-1)) + functional.cross_entropy(sentences, _isNext);
    }

    public Tensor Hidden(Tensor ids)
    {
        int batch = shape.Batch, time = shape.Time, width = shape.Width;
        Tensor tokens = weights["bert.embeddings.word_embeddings.weight"].index_select(0, ids.reshape(-1));
        Tensor segments = weights["bert.embeddings.token_type_embeddings.weight"].index_select(0, _segments);
        Tensor x = (tokens + segments).view(batch, time, width) + weights["bert.embeddings.position_embeddings.weight"].narrow(0, 0, time);
        x = Norm(x, "bert.embeddings.LayerNorm");                                                                             // [B, T, C]
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string prefix = $"bert.encoder.layer.{layer}.";
            Tensor[] parts = [.. Linear(x, prefix + "attention.self.query_key_value").chunk(3, -1).Select(Split)];
            Tensor heads = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);                             // [B, H, T, C / H]
            x = Norm(x + Linear(heads.transpose(1, 2).reshape(batch, time, width), prefix + "attention.output.dense"), prefix + "attention.output.LayerNorm");
            x = Norm(x + Linear(functional.gelu(Linear(x, prefix + "intermediate.dense")), prefix + "output.dense"), prefix + "output.LayerNorm");
        }

        return x;
    }

    public Tensor Pooled(Tensor hidden) => Linear(hidden.select(1, 0), "bert.pooler.dense").tanh();                           // [B, C]

    private Tensor Split(Tensor x) => x.view(shape.Batch, shape.Time, shape.Heads, shape.Width / shape.Heads).transpose(1, 2);

    private Tensor Norm(Tensor x, string name) => functional.layer_norm(x, [shape.Width], weights[name + ".weight"], weights[name + ".bias"], Epsilon);

    private Tensor Linear(Tensor x, string name) => functional.linear(x, weights[name + ".weight"], weights[name + ".bias"]);
}
