"""Golden values of ELMo by PyTorch in double precision: the language model of two directions, over word ids, over characters, and with a sampled softmax.

    python3 make_elmo.py        # Debian: apt-get install python3-torch

A file has every weight (F32), and for each of ten steps what each direction reads, forward.numbers and backward.numbers [steps, B, T] or [steps, B, T, M] in its order, and the words that
follow, forward.targets and backward.targets [steps, B, T], some of them -1; the ten windows of a row are one text, whose states are carried. Samples are those of RandomStream(5, 1, step).
Besides, sentences behind lengths [B]: numbers
[B, T] or [B, T, M]. In double precision (F64) it has the vectors of all layers of the sentences, zeros at padding, the losses of both directions and the gradient of every weight in the
first step, and the loss before each step of AdamW, with the gradients' norm clipped and decay of matrices only.
"""
import math
from pathlib import Path

import torch
from torch.nn import functional as f

from make import integers, normal, save, train

HERE = Path(__file__).resolve().parent / "elmo"
LAYERS, CELLS, PROJECTION, BATCH, TIME, STEPS = 3, 11, 6, 3, 5, 10
DIMENSIONS, FILTERS, HIGHWAYS, CHARACTERS = 4, [(1, 3), (2, 5), (4, 7)], 2, 9
CELL_LIMIT, PROJECTION_LIMIT, RATE, DECAY, CLIP = 0.5, 0.4, 0.01, 0.1, 0.2
clipped = 0


def clip(x, limit):
    global clipped
    clipped += int((x.abs() > limit).sum())
    return x.clamp(-limit, limit)


def linear(x, w, name):
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def tokens(w, numbers):
    if "elmo.tokens.words.weight" in w:
        return f.embedding(numbers.long(), w["elmo.tokens.words.weight"])                        # [B, T, P]
    x = f.embedding(numbers.long(), w["elmo.tokens.characters.weight"]).flatten(0, 1)            # [B * T, M, D]
    x = torch.cat([f.conv1d(x.transpose(1, 2), w[f"elmo.tokens.convolution.{i}.weight"].permute(2, 1, 0), w[f"elmo.tokens.convolution.{i}.bias"]).amax(-1).relu() for i in range(len(FILTERS))], 1)
    for i in range(HIGHWAYS):
        gate = linear(x, w, f"elmo.tokens.highways.{i}.carry").sigmoid()
        x = gate * linear(x, w, f"elmo.tokens.highways.{i}.transform").relu() + (1 - gate) * x
    return linear(x, w, "elmo.tokens.projection").view(*numbers.shape[:2], -1)


def lstm(x, w, name, hidden, cell):
    outputs = []
    for t in range(x.shape[1]):
        i, forget, g, o = (x[:, t] @ w[f"{name}.input.weight"].T + hidden @ w[f"{name}.hidden.weight"].T + w[f"{name}.bias"]).chunk(4, -1)
        cell = clip(forget.sigmoid() * cell + i.sigmoid() * g.tanh(), CELL_LIMIT)
        hidden = clip((o.sigmoid() * cell.tanh()) @ w[f"{name}.projection.weight"].T, PROJECTION_LIMIT)
        outputs.append(hidden)
    return torch.stack(outputs, 1), hidden.detach(), cell.detach()


def stack(x, w, direction, states):
    layers = []
    for i in range(LAYERS):
        output, *states[direction, i] = lstm(x, w, f"elmo.{direction}.{i}", *states[direction, i])
        x = x + output if i > 0 else output
        layers.append(x)
    return layers


def zeros(batch):
    return {(direction, i): [torch.zeros(batch, PROJECTION).double(), torch.zeros(batch, CELLS).double()] for direction in ("forward", "backward") for i in range(LAYERS)}


def all_layers(w, numbers, lengths):
    result = torch.zeros(LAYERS + 1, BATCH, TIME, 2 * PROJECTION).double()
    for row, length in enumerate(lengths.tolist()):
        x, states = tokens(w, numbers[row:row + 1, :length]), zeros(1)
        forward, backward = stack(x, w, "forward", states), stack(x.flip(1), w, "backward", states)
        for i, (left, right) in enumerate([(x, x)] + [(left, right.flip(1)) for left, right in zip(forward, backward)]):
            result[i, row, :length] = torch.cat([left, right], -1)[0]
    return result


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2 ** 64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2 ** 64
    return z ^ z >> 31


def random_stream(seed, stream=0, step=0):
    """The numbers of RandomStream, by their index."""
    gamma = 0x9E3779B97F4A7C15
    key = mix((mix(mix((seed + gamma) % 2 ** 64) ^ stream) + gamma * step) % 2 ** 64)
    return lambda index: mix((key + gamma * (index + 1)) % 2 ** 64)


def log_uniform_sample(numbers, vocabulary, samples):
    """Different words by P(k) = log((k + 2) / (k + 1)) / log(V + 1), and log(1 - (1 - P(k))^n) of every word, where n draws were needed."""
    words, draws = set(), 0
    while len(words) < samples:
        words.add(min(int(math.exp((numbers(draws) >> 11) / 2 ** 53 * math.log(vocabulary + 1))) - 1, vocabulary - 1))
        draws += 1
    k = torch.arange(vocabulary).double()
    return sorted(words), (1 - (1 - ((k + 2) / (k + 1)).log() / math.log(vocabulary + 1)) ** draws).log()


def sampled_cross_entropy(logits, targets, step, direction, samples):
    words, log_expected = log_uniform_sample(random_stream(random_stream(5, 1, step)(direction)), logits.shape[-1], samples)
    logits, rows = (logits - log_expected)[targets >= 0], targets[targets >= 0]
    hits = rows[:, None] == torch.tensor(words)
    return (torch.cat([logits.gather(1, rows[:, None]), logits[:, words].masked_fill(hits, -math.inf)], 1).logsumexp(1) - logits.gather(1, rows[:, None])[:, 0]).mean()


def direction_loss(w, steps, step, direction, states, samples):
    top = stack(tokens(w, steps[f"{direction}.numbers"][step]), w, direction, states)[-1]
    logits, targets = linear(top, w, "softmax").flatten(0, 1), steps[f"{direction}.targets"][step].flatten().long()
    return sampled_cross_entropy(logits, targets, step, int(direction == "backward"), samples) if samples else f.cross_entropy(logits, targets, ignore_index=-1)


def loss(w, steps, step, states, samples):
    return 0.5 * (direction_loss(w, steps, step, "forward", states, samples) + direction_loss(w, steps, step, "backward", states, samples))


def weights_of(characters, vocabulary):
    if characters:
        count = sum(number for _, number in FILTERS)
        weights = {"elmo.tokens.characters.weight": normal(261, DIMENSIONS, scale=0.7)}
        for i, (width, number) in enumerate(FILTERS):
            weights |= {f"elmo.tokens.convolution.{i}.weight": normal(width, DIMENSIONS, number, scale=0.4), f"elmo.tokens.convolution.{i}.bias": normal(number, scale=0.2)}
        for i in range(HIGHWAYS):
            for gate in ("transform", "carry"):
                weights |= {f"elmo.tokens.highways.{i}.{gate}.weight": normal(count, count, scale=0.3), f"elmo.tokens.highways.{i}.{gate}.bias": normal(count, scale=0.3)}
        weights |= {"elmo.tokens.projection.weight": normal(PROJECTION, count, scale=0.3), "elmo.tokens.projection.bias": normal(PROJECTION, scale=0.2)}
    else:
        weights = {"elmo.tokens.words.weight": normal(vocabulary, PROJECTION, scale=0.5)}
    for direction in ("forward", "backward"):
        for i in range(LAYERS):
            name = f"elmo.{direction}.{i}"
            weights |= {f"{name}.input.weight": normal(4 * CELLS, PROJECTION, scale=0.5), f"{name}.hidden.weight": normal(4 * CELLS, PROJECTION, scale=0.5), f"{name}.bias": normal(4 * CELLS, scale=0.4),
                        f"{name}.projection.weight": normal(PROJECTION, CELLS, scale=0.6)}
    return weights | {"softmax.weight": normal(vocabulary, PROJECTION, scale=0.5), "softmax.bias": normal(vocabulary, scale=0.3)}


def batches(characters, vocabulary):
    text, words = integers(vocabulary, BATCH, STEPS * TIME + 1), integers(256, vocabulary, CHARACTERS)
    for word, length in zip(words, integers(CHARACTERS - 2, vocabulary)):
        word[0], word[length + 2], word[length + 3:] = 258, 259, 260                              # begin, end and padding of words of one byte or more

    def windows(direction, stream):
        inputs, targets = (part.view(BATCH, STEPS, TIME).transpose(0, 1).contiguous() for part in (stream[:, :-1], stream[:, 1:].clone()))
        targets[:, 0, -1] = -1
        return {f"{direction}.numbers": words[inputs.long()] if characters else inputs, f"{direction}.targets": targets}

    sentences = integers(vocabulary, BATCH, TIME)
    return windows("forward", text) | windows("backward", text.flip(1)) | {"numbers": words[sentences.long()] if characters else sentences, "lengths": torch.tensor([3, TIME, 1], dtype=torch.int32)}


def golden_model(name, characters, vocabulary=23, samples=None):
    weights, steps, states = weights_of(characters, vocabulary), batches(characters, vocabulary), zeros(BATCH)
    w = {key: value.double().requires_grad_() for key, value in weights.items()}
    exact = {"layers": all_layers(w, steps["numbers"], steps["lengths"])} | {f"{direction}.loss": direction_loss(w, steps, 0, direction, zeros(BATCH), samples) for direction in ("forward", "backward")}
    exact = {key: value.detach().reshape(value.shape or (1,)) for key, value in exact.items()}
    losses, gradients, norms = train(w, lambda step: loss(w, steps, step, states, samples), STEPS, RATE, DECAY, CLIP)
    assert min(norms) > CLIP and clipped > 1000, (norms, clipped)                                 # each step is clipped, and so are cells and outputs
    save(HERE / f"{name}.safetensors", {f"input.{key}": value for key, value in weights.items()} | steps | {"losses": losses} | exact | gradients, {})
    print(f"{name:28} loss {losses[0]:.4f} to {losses[-1]:.4f}, norms {min(norms):.2f} to {max(norms):.2f}, clipped {clipped}")


def main():
    torch.manual_seed(11)
    golden_model("elmo-words", False)
    golden_model("elmo-characters", True)
    golden_model("elmo-sampled", False, vocabulary=97, samples=20)


if __name__ == "__main__":
    main()
