"""Golden values of BERT's fine-tuning by PyTorch in double precision: a small model with the head of each task.

    python3 make_bert_tuning.py         # Debian: apt-get install python3-torch

A file has every weight (F32), the sequences (ids and segments [S, T] with padding behind lengths [S]), how many of them each example has (counts [E]), the places that the head sees
(places [N] into [S·T]) and what is right (targets); and in double precision (F64) the scores of these places [N, K], the gradient of every weight, and the loss before each of ten steps of
AdamW on all examples at once, with the gradients' norm clipped and decay of matrices only.
"""
import torch
from torch.nn import functional as f

from make import integers, normal, save, train
from make_bert import CLIP, DECAY, HERE, RATE, STEPS, TIME, VOCABULARY, WIDTH, hidden, linear, linear_weights, model_weights

LENGTHS, COUNTS = (7, 4, 6, 3, 7, 5), (2, 3, 1)


def scores(w, batch, name, pooled):
    seen = hidden(w, batch["ids"], batch["segments"], batch["lengths"], f.gelu)[-1].flatten(0, 1)[batch["places"].long()]
    if pooled:
        seen = torch.tanh(linear(seen, w, "bert.pooler.dense"))
    return seen @ w[f"{name}.weight"].T + (w[f"{name}.bias"] if f"{name}.bias" in w else 0)


def classes(s, batch):
    return f.cross_entropy(s, batch["targets"].long())


def similarity(s, batch):
    return f.mse_loss(s[:, 0], batch["targets"].to(s.dtype))


def choices(s, batch):
    parts = s[:, 0].split(batch["counts"].tolist())
    return torch.stack([f.cross_entropy(part[None], target[None].long()) for part, target in zip(parts, batch["targets"])]).mean()


def spans(s, batch):
    parts = s.split(batch["lengths"].tolist())
    return torch.stack([f.cross_entropy(part.T, target.long()) for part, target in zip(parts, batch["targets"])]).mean()     # of [2, T]: first and last


def golden_head(name, weights, batch, head, pooled, loss):
    w = {key: value.double().requires_grad_() for key, value in weights.items()}
    exact = {"scores": scores(w, batch, head, pooled)}
    losses, gradients, norms = train(w, lambda _: loss(scores(w, batch, head, pooled), batch), STEPS, RATE, DECAY, CLIP)
    save(HERE / f"{name}.safetensors", {f"input.{key}": value for key, value in weights.items()} | batch | {"losses": losses} | exact | gradients, {})
    print(f"{name:28} loss {losses[0]:.4f} to {losses[-1]:.4f}, norms {min(norms):.2f} to {max(norms):.2f}")


def main():
    torch.manual_seed(9)
    encoder, pooler = model_weights(), linear_weights("bert.pooler.dense", WIDTH, WIDTH)
    lengths, one = torch.tensor(LENGTHS, dtype=torch.int32), torch.ones(len(LENGTHS), dtype=torch.int32)
    segments = (torch.arange(TIME) >= integers(TIME, len(LENGTHS), 1)).int()
    shared = {"ids": integers(VOCABULARY, len(LENGTHS), TIME), "segments": segments, "lengths": lengths}
    first = torch.arange(len(LENGTHS), dtype=torch.int32) * TIME
    inside = torch.tensor([row * TIME + t for row, length in enumerate(LENGTHS) for t in range(length)], dtype=torch.int32)
    words = torch.tensor([row * TIME + t for row, length in enumerate(LENGTHS) for t in range(1, length - 1, 1 + row % 2)], dtype=torch.int32)
    golden_head("classification", encoder | pooler | linear_weights("classifier", 3, WIDTH), shared | {"counts": one, "places": first, "targets": integers(3, len(LENGTHS))}, "classifier", True, classes)
    golden_head("similarity", encoder | pooler | linear_weights("classifier", 1, WIDTH), shared | {"counts": one, "places": first, "targets": normal(len(LENGTHS))}, "classifier", True, similarity)
    golden_head("choice", encoder | pooler | {"classifier.weight": normal(1, WIDTH, scale=0.4)},
                shared | {"counts": torch.tensor(COUNTS, dtype=torch.int32), "places": first, "targets": torch.tensor([1, 2, 0], dtype=torch.int32)}, "classifier", True, choices)
    golden_head("tagging", encoder | linear_weights("classifier", 4, WIDTH), shared | {"counts": one, "places": words, "targets": integers(4, len(words))}, "classifier", False, classes)
    answers = torch.tensor([[min(row, length - 1), length - 1 - row % 2] for row, length in enumerate(LENGTHS)], dtype=torch.int32)
    golden_head("spans", encoder | linear_weights("qa_outputs", 2, WIDTH), shared | {"counts": one, "places": inside, "targets": answers}, "qa_outputs", False, spans)


if __name__ == "__main__":
    main()
