"""Golden values of BERT by PyTorch in double precision: a small model with the heads of pretraining, and one of GELU's tanh form without pooler and next sentences.

    python3 make_bert.py        # Debian: apt-get install python3-torch

A file has every weight (F32), and for each of ten steps ids and segments [steps, B, T] with padding behind lengths [steps, B], masked places [steps, M] into [B·T] with their
words, and next [steps, B], 1 where the second sentence is a random one; and in double precision (F64) of the first step the hidden vectors of the embeddings and of every block,
zeros at padding, the pooled ones, both heads' logits and the gradient of every weight, and the loss before each step of AdamW, with the gradients' norm clipped and decay of matrices only.
"""
from pathlib import Path

import torch
from torch.nn import functional as f

from make import attention, integers, normal, save, train

HERE = Path(__file__).resolve().parent / "bert"
LAYERS, HEADS, WIDTH, INNER, CONTEXT, VOCABULARY, BATCH, TIME, MASKED, STEPS = 2, 3, 12, 20, 8, 23, 3, 7, 2, 10
RATE, DECAY, CLIP, EPSILON = 0.01, 0.1, 0.5, 1e-12


def linear(x, w, name):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def norm(x, w, name):
    return f.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], EPSILON)


def block(x, lengths, w, name, gelu):
    q, k, v = linear(x, w, f"{name}attention.self.query_key_value").chunk(3, -1)
    n = norm(x + linear(attention(q, k, v, HEADS, False, lengths), w, f"{name}attention.output.dense"), w, f"{name}attention.output.LayerNorm")
    return norm(n + linear(gelu(linear(n, w, f"{name}intermediate.dense")), w, f"{name}output.dense"), w, f"{name}output.LayerNorm")


def hidden(w, ids, segments, lengths, gelu):
    table = "bert.embeddings.{}_embeddings.weight".format
    x = f.embedding(ids.long(), w[table("word")]) + w[table("position")][:ids.shape[-1]] + f.embedding(segments.long(), w[table("token_type")])
    all_ = [norm(x, w, "bert.embeddings.LayerNorm")]
    for i in range(LAYERS):
        all_.append(block(all_[-1], lengths, w, f"bert.encoder.layer.{i}.", gelu))
    return all_


def outputs(w, batch, gelu):
    all_ = hidden(w, batch["ids"], batch["segments"], batch["lengths"], gelu)
    inside = (torch.arange(TIME) < batch["lengths"][:, None])[..., None]
    masked = norm(gelu(linear(all_[-1].flatten(0, 1)[batch["places"].long()], w, "cls.predictions.transform.dense")), w, "cls.predictions.transform.LayerNorm")
    result = {"hidden": torch.stack(all_) * inside, "masked": masked @ w["bert.embeddings.word_embeddings.weight"].T + w["cls.predictions.bias"]}
    if "bert.pooler.dense.weight" in w:
        result["pooled"] = torch.tanh(linear(all_[-1][:, 0], w, "bert.pooler.dense"))
        result["sentences"] = linear(result["pooled"], w, "cls.seq_relationship")
    return result


def loss(w, batch, gelu):
    result = outputs(w, batch, gelu)
    value = f.cross_entropy(result["masked"], batch["words"].long())
    return value + f.cross_entropy(result["sentences"], batch["next"].long()) if "sentences" in result else value


def linear_weights(name, out, into):
    return {f"{name}.weight": normal(out, into, scale=0.4), f"{name}.bias": normal(out, scale=0.2)}


def norm_weights(name):
    return {f"{name}.weight": 1 + normal(WIDTH, scale=0.2), f"{name}.bias": normal(WIDTH, scale=0.2)}


def model_weights():
    weights = {f"bert.embeddings.{name}_embeddings.weight": normal(rows, WIDTH, scale=0.5) for name, rows in {"word": VOCABULARY, "position": CONTEXT, "token_type": 2}.items()}
    weights |= norm_weights("bert.embeddings.LayerNorm")
    for i in range(LAYERS):
        name = f"bert.encoder.layer.{i}."
        weights |= linear_weights(f"{name}attention.self.query_key_value", 3 * WIDTH, WIDTH) | linear_weights(f"{name}attention.output.dense", WIDTH, WIDTH)
        weights |= norm_weights(f"{name}attention.output.LayerNorm") | linear_weights(f"{name}intermediate.dense", INNER, WIDTH)
        weights |= linear_weights(f"{name}output.dense", WIDTH, INNER) | norm_weights(f"{name}output.LayerNorm")
    return weights


def head_weights(pools):
    weights = linear_weights("cls.predictions.transform.dense", WIDTH, WIDTH) | norm_weights("cls.predictions.transform.LayerNorm") | {"cls.predictions.bias": normal(VOCABULARY, scale=0.2)}
    return weights | linear_weights("bert.pooler.dense", WIDTH, WIDTH) | linear_weights("cls.seq_relationship", 2, WIDTH) if pools else weights


def batches():
    lengths = torch.stack([torch.randperm(TIME - 2)[:BATCH] + 3 for _ in range(STEPS)]).int()
    lengths[:, 0] = TIME
    places = torch.tensor([[row * TIME + int(place) for row in range(BATCH) for place in sorted(torch.randperm(int(lengths[step, row]))[:MASKED])] for step in range(STEPS)], dtype=torch.int32)
    segments = (torch.arange(TIME) >= integers(TIME, STEPS, BATCH, 1)).int()
    return {"ids": integers(VOCABULARY, STEPS, BATCH, TIME), "segments": segments, "lengths": lengths, "places": places,
            "words": integers(VOCABULARY, STEPS, BATCH * MASKED), "next": integers(2, STEPS, BATCH)}


def golden_model(name, weights, gelu):
    steps = batches()
    w = {key: value.double().requires_grad_() for key, value in weights.items()}
    exact = outputs(w, {key: value[0] for key, value in steps.items()}, gelu)
    losses, gradients, norms = train(w, lambda step: loss(w, {key: all_[step] for key, all_ in steps.items()}, gelu), STEPS, RATE, DECAY, CLIP)
    assert min(norms) > 2 * CLIP, norms                                                            # each step is clipped
    save(HERE / f"{name}.safetensors", {f"input.{key}": value for key, value in weights.items()} | steps | {"losses": losses} | exact | gradients, {})
    print(f"{name:28} loss {losses[0]:.4f} to {losses[-1]:.4f}, norms {min(norms):.2f} to {max(norms):.2f}")


def main():
    torch.manual_seed(8)
    weights = model_weights()
    golden_model("bert", weights | head_weights(pools=True), f.gelu)
    golden_model("bert-tanh", weights | head_weights(pools=False), lambda x: f.gelu(x, approximate="tanh"))


if __name__ == "__main__":
    main()
