"""Golden values of ELMo's fine-tuning by PyTorch in double precision: a small language model over word ids with the mix of its layers and the head of each task.

    python3 make_elmo_tuning.py         # Debian: apt-get install python3-torch

A file has every weight (F32), of each example one text or two (first.numbers and second.numbers [B, T] behind first.lengths and second.lengths [B], with the places that the head sees,
first.places and second.places [N] into [B·T]) and what is right (targets); and in double precision (F64) the head's scores, the gradient of every weight, and the loss, λ·Σ w² of the mix with
it, before each of ten steps of AdamW on all examples at once, with the gradients' norm clipped and decay of matrices only.
"""
import torch
from torch.nn import functional as f

from make import integers, normal, save, train
from make_elmo import BATCH, HERE, LAYERS, PROJECTION, TIME, VOCABULARY, all_layers, linear, weights_of

CELLS, RATE, DECAY, CLIP, STEPS, PENALTY = 5, 0.01, 0.1, 0.2, 10, 0.3
LENGTHS = {"first": (4, TIME, 2), "second": (TIME, 3, 4)}


def mixed(w, batch, text):
    layers = all_layers(w, batch[f"{text}.numbers"], batch[f"{text}.lengths"])                   # [L + 1, B, T, 2P]
    mix = w["mix.gamma"] * (w["mix.weights"].softmax(0)[:, None, None, None] * layers).sum(0)
    places = batch[f"{text}.places"].long()
    return [mix[row, places[places // TIME == row] % TIME] for row in range(BATCH)]              # of each example [n, 2P]


def read(x, w, name):
    hidden, cell, outputs = torch.zeros(CELLS).double(), torch.zeros(CELLS).double(), []
    for one in x:
        i, forget, g, o = (one @ w[f"{name}.input.weight"].T + hidden @ w[f"{name}.hidden.weight"].T + w[f"{name}.bias"]).chunk(4)
        cell = forget.sigmoid() * cell + i.sigmoid() * g.tanh()
        hidden = o.sigmoid() * cell.tanh()
        outputs.append(hidden)
    return torch.stack(outputs)


def encode(x, w, name="head.encoder"):
    return torch.cat([read(x, w, f"{name}.forward"), read(x.flip(0), w, f"{name}.backward").flip(0)], -1)


def pool(x, w):
    x = encode(x, w)
    return torch.cat([x.amax(0), x.mean(0)])


def text(w, first):
    return torch.stack([linear(pool(x, w), w, "head.classifier") for x in first])


def words(w, first):
    return torch.cat([linear(encode(x, w), w, "head.classifier") for x in first])


def pairs(w, first, second):
    vectors = [(pool(x, w), pool(y, w)) for x, y in zip(first, second)]
    return torch.stack([linear(torch.cat([u, v, (u - v) ** 2, u * v]), w, "head.classifier") for u, v in vectors])


def similarity(w, first, second):
    vectors = [(pool(x, w), pool(y, w)) for x, y in zip(first, second)]
    return torch.stack([linear(torch.cat([f.cosine_similarity(u, v, 0)[None], (u - v) ** 2, u * v]), w, "head.classifier") for u, v in vectors])


def spans(w, first, second):
    scores = []
    for asked, passage in zip(first, second):
        q, p = encode(asked, w), encode(passage, w)
        match = linear(p, w, "head.match").relu() @ linear(q, w, "head.match").relu().T          # [Np, Nq]
        a = (match / (2 * CELLS) ** 0.5).softmax(-1) @ q
        scores.append(linear(encode(torch.cat([p, a, p * a], -1), w, "head.reader"), w, "head.classifier"))
    return torch.cat(scores)


def classes(s, batch):
    return f.cross_entropy(s, batch["targets"].long())


def squares(s, batch):
    return f.mse_loss(s[:, 0], batch["targets"].to(s.dtype))


def answers(s, batch):
    counts = (batch["second.places"] // TIME).bincount().tolist()
    return torch.stack([f.cross_entropy(part.T, target.long()) for part, target in zip(s.split(counts), batch["targets"])]).mean()     # of [2, n]: first and last


def lstm_weights(name, inputs):
    return {f"{name}.{direction}.{part}": value for direction in ("forward", "backward") for part, value in
            (("input.weight", normal(4 * CELLS, inputs, scale=0.5)), ("hidden.weight", normal(4 * CELLS, CELLS, scale=0.5)), ("bias", normal(4 * CELLS, scale=0.4)))}


def linear_weights(name, outputs, inputs):
    return {f"{name}.weight": normal(outputs, inputs, scale=0.5), f"{name}.bias": normal(outputs, scale=0.3)}


def texts(text):
    lengths = LENGTHS[text]
    places = [row * TIME + t for row, length in enumerate(lengths) for t in range(row % 2, length)]
    return {f"{text}.numbers": integers(VOCABULARY, BATCH, TIME), f"{text}.lengths": torch.tensor(lengths, dtype=torch.int32), f"{text}.places": torch.tensor(places, dtype=torch.int32)}


def golden_head(name, weights, batch, head, loss):
    def scores(w):
        return head(w, *[mixed(w, batch, text) for text in ("first", "second") if f"{text}.numbers" in batch])

    w = {key: value.double().requires_grad_() for key, value in weights.items()}
    exact = {"scores": scores(w)}
    losses, gradients, norms = train(w, lambda _: loss(scores(w), batch) + PENALTY * (w["mix.weights"] ** 2).sum(), STEPS, RATE, DECAY, CLIP)
    save(HERE / f"{name}.safetensors", {f"input.{key}": value for key, value in weights.items()} | batch | {"losses": losses} | exact | gradients, {})
    print(f"{name:28} loss {losses[0]:.4f} to {losses[-1]:.4f}, norms {min(norms):.2f} to {max(norms):.2f}")


def main():
    torch.manual_seed(17)
    model = {key: value for key, value in weights_of(characters=False).items() if key.startswith("elmo.")} | {"mix.weights": normal(LAYERS + 1), "mix.gamma": normal(1) + 1}
    encoder, pooled = lstm_weights("head.encoder", 2 * PROJECTION), 4 * CELLS
    first, second = texts("first"), texts("second")
    golden_head("elmo-text", model | encoder | linear_weights("head.classifier", 3, pooled), first | {"targets": integers(3, BATCH)}, text, classes)
    golden_head("elmo-tags", model | encoder | linear_weights("head.classifier", 4, 2 * CELLS), first | {"targets": integers(4, len(first["first.places"]))}, words, classes)
    golden_head("elmo-pair", model | encoder | linear_weights("head.classifier", 3, 4 * pooled), first | second | {"targets": integers(3, BATCH)}, pairs, classes)
    golden_head("elmo-similarity", model | encoder | linear_weights("head.classifier", 1, 2 * pooled + 1), first | second | {"targets": normal(BATCH)}, similarity, squares)
    reader = linear_weights("head.match", 2 * CELLS, 2 * CELLS) | lstm_weights("head.reader", 6 * CELLS)
    golden_head("elmo-spans", model | encoder | reader | linear_weights("head.classifier", 2, 2 * CELLS), first | second | {"targets": torch.tensor([[1, 3], [0, 0], [2, 2]], dtype=torch.int32)}, spans, answers)


if __name__ == "__main__":
    main()
