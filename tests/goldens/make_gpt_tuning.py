"""Golden values of fine-tuning by PyTorch in double precision: a small text classifier over GPT-1, its loss L2 + 0.5 L1 and the gradient of every weight.

    python3 make_gpt_tuning.py         # Debian: apt-get install python3-torch

The file has every weight and the sequences [start; text; extract] (ids [B, T] with padding behind lengths [B], labels [B]), and in double precision (F64) both
losses, the loss that is minimized, and its gradients.
"""
import torch
from torch.nn import functional as f

from make import integers, normal, save
from make_gpt import CONTEXT, HERE, LAYERS, VOCABULARY, WIDTH, block_1, block_weights

CLASSES, LENGTHS, LAMBDA = 3, (8, 5, 3, 7, 6), 0.5
START, EXTRACT = VOCABULARY - 3, VOCABULARY - 1


def losses(w, ids, lengths, labels):
    x = f.embedding(ids.long(), w["tokens_embed.weight"]) + w["positions_embed.weight"][:ids.shape[-1]]
    for i in range(LAYERS):
        x = block_1(x, w, f"h.{i}.")
    extract = x[torch.arange(len(lengths)), lengths.long() - 1]
    task = f.cross_entropy(extract @ w["score.weight"].T + w["score.bias"], labels.long())
    targets = ids.long().roll(-1, 1).masked_fill(torch.arange(ids.shape[1]) >= lengths[:, None] - 1, -1)
    model = f.cross_entropy((x @ w["tokens_embed.weight"].T).flatten(0, 1), targets.flatten(), ignore_index=-1)
    return task, model


def main():
    torch.manual_seed(6)
    weights = {"tokens_embed.weight": normal(VOCABULARY, WIDTH, scale=0.5), "positions_embed.weight": normal(CONTEXT, WIDTH, scale=0.5)}
    weights |= {key: value for i in range(LAYERS) for key, value in block_weights(f"h.{i}.").items()}
    weights |= {"score.weight": normal(CLASSES, WIDTH, scale=0.5), "score.bias": normal(CLASSES, scale=0.5)}
    lengths, labels, ids = torch.tensor(LENGTHS, dtype=torch.int32), integers(CLASSES, len(LENGTHS)), integers(START, len(LENGTHS), max(LENGTHS))
    ids[:, 0] = START
    for row, length in enumerate(LENGTHS):
        ids[row, length - 1] = EXTRACT
    w = {key: value.double().requires_grad_() for key, value in weights.items()}
    task, model = losses(w, ids, lengths, labels)
    loss = task + LAMBDA * model
    loss.backward()
    save(HERE / "gpt1-classifier.safetensors", {f"input.{key}": value for key, value in weights.items()} | {"ids": ids, "lengths": lengths, "labels": labels}
         | {"task": task.reshape(1), "model": model.reshape(1), "loss": loss.reshape(1)} | {f"gradient.{key}": p.grad for key, p in w.items()}, {})
    print(f"task {float(task.detach()):.4f}, language model {float(model.detach()):.4f}")


if __name__ == "__main__":
    main()
