"""Golden values of GPT by PyTorch in double precision: a block of GPT-1, and a whole small GPT-1 and GPT-2.

    python3 make_gpt.py         # Debian: apt-get install python3-torch

A block's file is as make.py says. A model's has every weight (F32), the ids and targets [steps, B, T] of ten steps, and in double precision (F64) the
logits and the gradient of every weight at the first, and the loss before each step of AdamW, with the gradients' norm clipped and decay of matrices only.
"""
from pathlib import Path

import torch
from torch.nn import functional as f

from make import attention, golden, integers, normal, save, train

HERE = Path(__file__).resolve().parent / "gpt"
LAYERS, HEADS, WIDTH, CONTEXT, VOCABULARY, BATCH, TIME, STEPS = 2, 3, 12, 8, 23, 2, 7, 10
RATE, DECAY, CLIP, EPSILON = 0.01, 0.1, 0.5, 1 / 64


def attend(x, w, name):
    q, k, v = (x @ w[f"{name}attn.c_attn.weight"].T + w[f"{name}attn.c_attn.bias"]).chunk(3, -1)
    return attention(q, k, v, HEADS, True) @ w[f"{name}attn.c_proj.weight"].T + w[f"{name}attn.c_proj.bias"]


def mlp(x, w, name):
    hidden = f.gelu(x @ w[f"{name}mlp.c_fc.weight"].T + w[f"{name}mlp.c_fc.bias"], approximate="tanh")
    return hidden @ w[f"{name}mlp.c_proj.weight"].T + w[f"{name}mlp.c_proj.bias"]


def norm(x, w, name):
    return f.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], EPSILON)


def block_1(x, w, name):
    n = norm(x + attend(x, w, name), w, f"{name}ln_1")
    return norm(n + mlp(n, w, name), w, f"{name}ln_2")


def block_2(x, w, name):
    n = x + attend(norm(x, w, f"{name}ln_1"), w, name)
    return n + mlp(norm(n, w, f"{name}ln_2"), w, name)


def logits(w, ids):
    first = "tokens_embed.weight" in w
    tokens, positions = (w["tokens_embed.weight"], w["positions_embed.weight"]) if first else (w["wte.weight"], w["wpe.weight"])
    x = f.embedding(ids.long(), tokens) + positions[:ids.shape[-1]]
    for i in range(LAYERS):
        x = (block_1 if first else block_2)(x, w, f"h.{i}.")
    if not first:
        x = norm(x, w, "ln_f")
    return x @ w.get("lm_head.weight", tokens).T


def loss(w, ids, targets):
    return f.cross_entropy(logits(w, ids).flatten(0, 1), targets.long().flatten(), ignore_index=-1)


def block_weights(name=""):
    sizes = {"attn.c_attn": (3 * WIDTH, WIDTH), "attn.c_proj": (WIDTH, WIDTH), "mlp.c_fc": (4 * WIDTH, WIDTH), "mlp.c_proj": (WIDTH, 4 * WIDTH)}
    weights = {}
    for layer, (outputs, inputs) in sizes.items():
        weights |= {f"{name}{layer}.weight": normal(outputs, inputs, scale=0.4), f"{name}{layer}.bias": normal(outputs, scale=0.2)}
    for layer in "ln_1", "ln_2":
        weights |= {f"{name}{layer}.weight": 1 + normal(WIDTH, scale=0.2), f"{name}{layer}.bias": normal(WIDTH, scale=0.2)}
    return weights


def golden_model(name, weights):
    ids, targets = integers(VOCABULARY, STEPS, BATCH, TIME), integers(VOCABULARY, STEPS, BATCH, TIME)
    targets[:, 0, 4] = targets[:, 1, :2] = -1
    w = {key: value.double().requires_grad_() for key, value in weights.items()}
    exact = {"logits": logits(w, ids[0])}
    losses, gradients, norms = train(w, lambda step: loss(w, ids[step], targets[step]), STEPS, RATE, DECAY, CLIP)
    assert min(norms) > 2 * CLIP, norms                                                            # each step is clipped
    save(HERE / f"{name}.safetensors", {f"input.{key}": value for key, value in weights.items()} | {"ids": ids, "targets": targets, "losses": losses} | exact | gradients, {})
    print(f"{name:28} loss {losses[0]:.4f} to {losses[-1]:.4f}, norms {min(norms):.2f} to {max(norms):.2f}")


def main():
    torch.manual_seed(5)
    golden("gpt/gpt1-block", lambda x, **w: block_1(x, w, ""), x=normal(2, TIME, WIDTH), **block_weights())
    blocks = {key: value for i in range(LAYERS) for key, value in block_weights(f"h.{i}.").items()}
    golden_model("gpt1", {"tokens_embed.weight": normal(VOCABULARY, WIDTH, scale=0.5), "positions_embed.weight": normal(CONTEXT, WIDTH, scale=0.5)} | blocks)
    final = {"ln_f.weight": 1 + normal(WIDTH, scale=0.2), "ln_f.bias": normal(WIDTH, scale=0.2), "lm_head.weight": normal(VOCABULARY, WIDTH, scale=0.5)}
    golden_model("gpt2", {"wte.weight": normal(VOCABULARY, WIDTH, scale=0.5), "wpe.weight": normal(CONTEXT, WIDTH, scale=0.5)} | blocks | final)


if __name__ == "__main__":
    main()
